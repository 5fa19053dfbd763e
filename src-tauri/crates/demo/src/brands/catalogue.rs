//! What the shops sell.

/// Which drawing shows a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Hammer,
    Mallet,
    Plane,
    Chisel,
    Caliper,
    Gauge,
    Dial,
    Wrench,
    Lantern,
    Torch,
    Lamp,
    Candle,
    Headphones,
    OpenHeadphones,
    Amplifier,
    Record,
    Crate,
    Lids,
    Bolt,
    Strap,
    Tent,
    Tunnel,
    Stove,
    Mug,
}

/// One thing for sale.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) id: u32,
    pub(crate) name: &'static str,
    pub(crate) price: &'static str,
    pub(crate) stock: u32,
    pub(crate) shape: Shape,
    pub(crate) text: &'static str,
}

const fn product(
    id: u32,
    name: &'static str,
    price: &'static str,
    stock: u32,
    shape: Shape,
    text: &'static str,
) -> Product {
    Product {
        id,
        name,
        price,
        stock,
        shape,
        text,
    }
}

pub(crate) static ACME: &[Product] = &[
    product(
        42,
        "Block plane",
        "€84",
        31,
        Shape::Plane,
        "Bronze body, blade of tool steel at twelve degrees. Takes a shaving you can read through.",
    ),
    product(
        7,
        "Bench chisel, 24 mm",
        "€39",
        112,
        Shape::Chisel,
        "Ash handle, hooped. The back is lapped flat before it leaves us.",
    ),
    product(
        12,
        "Cross-peen hammer",
        "€45",
        64,
        Shape::Hammer,
        "Head of 340 g on a hickory shaft, wedged, not glued.",
    ),
    product(
        18,
        "Mallet, beech",
        "€31",
        80,
        Shape::Mallet,
        "Turned from one piece. Quiet on the ear, hard on the chisel.",
    ),
];

pub(crate) static KESSLER: &[Product] = &[
    product(
        42,
        "Präzisions\u{ad}mess\u{ad}schieber 150",
        "129 €",
        44,
        Shape::Caliper,
        "Ablesung auf hundertstel Millimeter, Messflächen aus Hartmetall, Feststellschraube oben.",
    ),
    product(
        7,
        "Oberflächen\u{ad}beschaffenheits\u{ad}prüfgerät",
        "1.480 €",
        6,
        Shape::Gauge,
        "Misst Rauheit und Welligkeit in einem Zug und druckt das Protokoll gleich mit.",
    ),
    product(
        12,
        "Drehmoment\u{ad}schlüssel\u{ad}satz",
        "312 €",
        19,
        Shape::Wrench,
        "Von 2 bis 200 Newtonmeter, mit Kalibrierzertifikat nach DIN EN ISO 6789.",
    ),
    product(
        18,
        "Feinzeiger\u{ad}messuhr",
        "76 €",
        58,
        Shape::Dial,
        "Ein tausendstel Millimeter je Teilstrich, stoßgeschützt.",
    ),
];

pub(crate) static NOUR: &[Product] = &[
    product(
        42,
        "فانوس دمشقي",
        "٣٤٠ د.إ",
        12,
        Shape::Lantern,
        "نحاس مخرّم يدويًا، يرسم على الجدار نجومًا صغيرة.",
    ),
    product(
        7,
        "مصباح الفناء",
        "٥٢٠ د.إ",
        7,
        Shape::Lamp,
        "زجاج كهرماني يتحمّل الريح والمطر.",
    ),
    product(
        12,
        "شمعدان السهرة",
        "١٨٠ د.إ",
        25,
        Shape::Candle,
        "ثلاثة أذرع، وقاعدة من خشب الزيتون.",
    ),
    product(
        18,
        "فانوس السفر",
        "١٤٠ د.إ",
        40,
        Shape::Torch,
        "ينطوي في راحة اليد ويضيء ليلة كاملة.",
    ),
];

pub(crate) static UMBRA: &[Product] = &[
    product(
        42,
        "Eclipse closed-back",
        "$349",
        21,
        Shape::Headphones,
        "Forty-millimetre drivers behind lambskin. The world stays outside.",
    ),
    product(
        7,
        "Penumbra amplifier",
        "$590",
        9,
        Shape::Amplifier,
        "Class A, two watts, one knob. It gets warm and so will you.",
    ),
    product(
        12,
        "Night pressing no. 4",
        "$32",
        140,
        Shape::Record,
        "Half-speed mastered. Side two is silence and worth it.",
    ),
    product(
        18,
        "Totality open-back",
        "$420",
        14,
        Shape::OpenHeadphones,
        "For those who live alone.",
    ),
];

pub(crate) static MARLOW: &[Product] = &[
    product(
        42,
        "Crate, 60 × 40, pallet of 48",
        "£2,980",
        12,
        Shape::Crate,
        "Heat-treated pine to ISPM 15. Stacks nine high.",
    ),
    product(
        7,
        "M10 bolts, zinc, 10,000",
        "£1,140",
        30,
        Shape::Bolt,
        "Grade 8.8, boxed by the hundred, counted by weight.",
    ),
    product(
        12,
        "Strapping, 2 km",
        "£210",
        75,
        Shape::Strap,
        "Polyester, 16 mm. Will hold what your forklift can lift.",
    ),
    product(
        18,
        "Crate lids, pallet of 96",
        "£640",
        18,
        Shape::Lids,
        "They fit. That is all one asks of a lid.",
    ),
];

pub(crate) static NORTHERN: &[Product] = &[
    product(
        42,
        "Fjell tent, two people",
        "€620",
        17,
        Shape::Tent,
        "Three poles, ninety seconds, force nine.",
    ),
    product(
        7,
        "Ember stove",
        "€95",
        66,
        Shape::Stove,
        "Boils a litre in three minutes at minus twenty.",
    ),
    product(
        12,
        "Enamel mug",
        "€14",
        230,
        Shape::Mug,
        "Chips, and is better for it.",
    ),
    product(
        18,
        "Vidda tent, four people",
        "€980",
        5,
        Shape::Tunnel,
        "A porch you can stand in, which you will learn to value.",
    ),
];
