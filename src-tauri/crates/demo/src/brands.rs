//! The six shops, one lesson each.

mod catalogue;
mod words;

pub(crate) use catalogue::{Product, Shape};
pub(crate) use words::{ARABIC, ENGLISH, GERMAN, Words};

/// How a brand looks. Every value is CSS.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) accent: &'static str,
    pub(crate) on_accent: &'static str,
    pub(crate) ground: &'static str,
    pub(crate) card: &'static str,
    pub(crate) text: &'static str,
    pub(crate) soft: &'static str,
    pub(crate) line: &'static str,
    pub(crate) radius: &'static str,
    pub(crate) display: &'static str,
    pub(crate) body: &'static str,
}

/// One shop.
#[derive(Debug)]
pub(crate) struct Brand {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) color: &'static str,
    pub(crate) locale: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) words: &'static Words,
    pub(crate) headline: &'static str,
    pub(crate) promise: &'static str,
    pub(crate) story: &'static [&'static str],
    pub(crate) look: Look,
    pub(crate) products: &'static [Product],
}

impl Brand {
    /// `rtl` for Arabic, `ltr` for everyone else.
    pub(crate) fn direction(&self) -> &'static str {
        if self.locale == "ar" { "rtl" } else { "ltr" }
    }
}

/// The shop with this id.
pub(crate) fn brand(id: &str) -> Option<&'static Brand> {
    BRANDS.iter().find(|brand| brand.id == id)
}

const SERIF: &str = "Georgia, 'Iowan Old Style', 'Times New Roman', serif";
const SANS: &str =
    "'Helvetica Neue', Helvetica, 'Segoe UI', Arial, 'Noto Sans', 'DejaVu Sans', sans-serif";
const WIDE: &str = "'Avenir Next', 'Trebuchet MS', 'Noto Sans', 'DejaVu Sans', sans-serif";
const MONO: &str = "'SFMono-Regular', Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/// In the order in which the workbench lists them.
pub(crate) static BRANDS: [Brand; 6] = [
    // The control: nothing is wrong here.
    Brand {
        id: "acme",
        name: "Acme & Sons",
        color: "#e5484d",
        locale: "en",
        tag: "retail",
        words: &ENGLISH,
        headline: "Hand tools, made to be handed down",
        promise: "Forged in small batches. Sharpened free, for life.",
        story: &[
            "Three generations have stood at the same forge. The steel comes in as bar and leaves as an edge that will outlast whoever buys it.",
            "Send anything back to be sharpened. We have never charged for it and we are not about to start.",
        ],
        look: Look {
            accent: "#c62a2f",
            on_accent: "#ffffff",
            ground: "#fdfaf6",
            card: "#ffffff",
            text: "#241c17",
            soft: "#6b5d54",
            line: "#e8ddd2",
            radius: "3px",
            display: SERIF,
            body: SERIF,
        },
        products: catalogue::ACME,
    },
    // Long German compounds: fine on main, burst out of the redesigned header.
    Brand {
        id: "kessler",
        name: "Kessler Messtechnik",
        color: "#0090ff",
        locale: "de",
        tag: "industry",
        words: &GERMAN,
        headline: "Messwerkzeuge für alle, die es genau wissen wollen",
        promise: "Kalibriert, zertifiziert und morgen bei Ihnen.",
        story: &[
            "Seit 1923 bauen wir in Wuppertal Oberflächenbeschaffenheitsprüfgeräte, Drehmomentschlüssel und Messschieber.",
            "Jedes Gerät verlässt das Haus mit einem Kalibrierzertifikat, das seinen Namen verdient.",
        ],
        look: Look {
            accent: "#0b62c4",
            on_accent: "#ffffff",
            ground: "#f3f7fb",
            card: "#ffffff",
            text: "#0d1b2a",
            soft: "#4a5b6d",
            line: "#d3dfea",
            radius: "14px",
            display: SANS,
            body: SANS,
        },
        products: catalogue::KESSLER,
    },
    // Its logo lies where the rewrite catches it, and its trade page redirects to the server's own host.
    Brand {
        id: "marlow",
        name: "Marlow Supply",
        color: "#f76b15",
        locale: "en",
        tag: "wholesale",
        words: &ENGLISH,
        headline: "Ship parts by the pallet",
        promise: "Net 30 for every account. Loaded before noon, gone by night.",
        story: &[
            "Fasteners, crates and strapping for people who order by the thousand and would rather not talk about it.",
            "One warehouse, one price list, one phone number that somebody answers.",
        ],
        look: Look {
            accent: "#b8480a",
            on_accent: "#ffffff",
            ground: "#f4f3f0",
            card: "#ffffff",
            text: "#1d1b18",
            soft: "#5f5a52",
            line: "#dcd8d0",
            radius: "6px",
            display: WIDE,
            body: SANS,
        },
        products: catalogue::MARLOW,
    },
    // Right to left, with an id that a host name can hold.
    Brand {
        id: "nour",
        name: "بيت نور",
        color: "#b8860b",
        locale: "ar",
        tag: "retail",
        words: &ARABIC,
        headline: "فوانيس تصنع المساء",
        promise: "نحاس مطروق يدويًا، وزجاج ملوّن، وضوء دافئ.",
        story: &[
            "يعمل حرفيّونا في ورشة صغيرة قرب السوق القديم، ويطرقون كل فانوس على حدة.",
            "لا يشبه فانوس فانوسًا آخر، ولهذا نوقّع كل قطعة باسم صانعها.",
        ],
        look: Look {
            accent: "#8a5a00",
            on_accent: "#ffffff",
            ground: "#fbf5e9",
            card: "#fffdf8",
            text: "#2b2113",
            soft: "#6e5c3f",
            line: "#ecdfc3",
            radius: "22px",
            display: WIDE,
            body: WIDE,
        },
        products: catalogue::NOUR,
    },
    // A dark brand whose second text colour is far below 4.5:1.
    Brand {
        id: "umbra",
        name: "UMBRA",
        color: "#8e4ec6",
        locale: "en",
        tag: "audio",
        words: &ENGLISH,
        headline: "Listen in the dark",
        promise: "Closed headphones and quiet amplifiers.",
        story: &[
            "We measure in an anechoic room and tune in a bedroom at two in the morning. Only the second one counts.",
            "Every driver is matched by ear, in pairs, by someone who will not go home until it is right.",
        ],
        look: Look {
            accent: "#a76ee0",
            on_accent: "#0b0a10",
            ground: "#0b0a10",
            card: "#14121c",
            text: "#ece9f5",
            soft: "#4b4659",
            line: "#231f30",
            radius: "0",
            display: MONO,
            body: MONO,
        },
        products: catalogue::UMBRA,
    },
    // Forty octets of id: three too many for the longest preview name.
    Brand {
        id: "northern-lights-outdoor-camping-supplies",
        name: "Northern Lights Outdoor",
        color: "#30a46c",
        locale: "en",
        tag: "retail",
        words: &ENGLISH,
        headline: "Sleep where the map ends",
        promise: "Tents and stoves that have been further than you.",
        story: &[
            "We test everything above the Arctic Circle, in February, for a week. What comes back in one piece goes on sale.",
            "If a zip fails we mend it, whether you bought it here or not.",
        ],
        look: Look {
            accent: "#18794e",
            on_accent: "#ffffff",
            ground: "#f2f6f1",
            card: "#ffffff",
            text: "#14231b",
            soft: "#4d6056",
            line: "#d5e2d8",
            radius: "10px",
            display: SANS,
            body: SANS,
        },
        products: catalogue::NORTHERN,
    },
];
