//! Drawings of the goods and the brands' marks, as SVG in the brand's own colours.

use crate::brands::{Brand, Shape};

/// A product's picture, 320 by 240.
pub(crate) fn product(brand: &Brand, shape: Shape) -> String {
    let (accent, text, line) = (brand.look.accent, brand.look.text, brand.look.line);
    let drawing = strokes(shape);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240" fill="none" stroke-linecap="round" stroke-linejoin="round"><rect width="320" height="240" fill="{ground}"/><circle cx="160" cy="120" r="92" fill="{accent}" opacity=".13"/><path d="M52 206h216" stroke="{line}" stroke-width="3"/><g stroke="{text}" stroke-width="5" fill="{card}" style="--a:{accent}" color="{accent}">{drawing}</g></svg>"#,
        ground = brand.look.card,
        card = brand.look.ground,
    )
}

/// The brand's mark, 96 by 32: a plain shape that no two shops share.
pub(crate) fn logo(brand: &Brand) -> String {
    let accent = brand.look.accent;
    let mark = match brand.id {
        "acme" => r#"<path d="M4 28 16 4l12 24h-7l-5-11-5 11z"/>"#,
        "kessler" => r#"<path d="M4 4h6v10L20 4h8L16 16l12 12h-8L10 18v10H4z"/>"#,
        "nour" => r#"<path d="m16 2 4 8 9-3-3 9 3 9-9-3-4 8-4-8-9 3 3-9-3-9 9 3z"/>"#,
        "umbra" => r#"<path d="M19 3a13 13 0 1 0 10 17A11 11 0 0 1 19 3z"/>"#,
        "marlow" => r#"<path d="M3 6h26v7H3zm0 10h26v10H3zm10 3v4h6v-4z"/>"#,
        _ => r#"<path d="m16 3 13 25H3zm0 11-6 11h12z"/>"#,
    };
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="{accent}" fill-rule="evenodd">{mark}</svg>"#
    )
}

fn strokes(shape: Shape) -> &'static str {
    match shape {
        Shape::Hammer => {
            r#"<path d="m150 96-14 104h20l10-104z"/><path d="M92 62h92l34 16-34 20H92z" fill="currentColor"/>"#
        }
        Shape::Mallet => {
            r#"<path d="m150 128-8 76h22l-4-76z"/><path d="M92 58h124l10 70H82z" fill="currentColor"/><path d="M104 92h100"/>"#
        }
        Shape::Dial => {
            r#"<path d="M150 190h20v20h-20zM148 30h24v16h-24z" fill="currentColor"/><circle cx="160" cy="118" r="72"/><path d="M160 60v12m0 92v12m-58-58h12m92 0h12m-99-41 9 9m65 65 9 9m0-83-9 9m-65 65-9 9"/><path d="m160 118-22-34" stroke="currentColor"/><circle cx="160" cy="118" r="8" fill="currentColor"/>"#
        }
        Shape::Torch => {
            r#"<path d="M128 66a32 32 0 0 1 64 0" fill="none"/><path d="M116 66h88v18h-88z" fill="currentColor"/><path d="M122 84h76v16h-76zm6 16h64v14h-64zm-6 14h76v16h-76zm6 16h64v14h-64zm-6 14h76v16h-76z"/><path d="M108 160h104l-8 40h-88z" fill="currentColor"/>"#
        }
        Shape::OpenHeadphones => {
            r#"<path d="M92 146c-14-120 150-120 136 0" fill="none"/><path d="M106 128c10-70 98-70 108 0" fill="none" stroke-width="3"/><circle cx="92" cy="162" r="38"/><circle cx="228" cy="162" r="38"/><circle cx="92" cy="162" r="22" fill="none" stroke="currentColor"/><circle cx="228" cy="162" r="22" fill="none" stroke="currentColor"/><circle cx="92" cy="162" r="7" fill="currentColor"/><circle cx="228" cy="162" r="7" fill="currentColor"/>"#
        }
        Shape::Lids => {
            r#"<path d="M64 176h192v24H64z"/><path d="M72 146h176v24H72z" fill="currentColor"/><path d="M64 116h192v24H64zM72 86h176v24H72z"/><path d="M144 70h32v16h-32z" fill="currentColor"/>"#
        }
        Shape::Tunnel => {
            r#"<path d="M48 202c0-150 224-150 224 0z"/><path d="M124 202c0-104 72-104 72 0z" fill="currentColor"/><path d="M160 124v78M86 120c-16 20-20 50-20 82m168-82c16 20 20 50 20 82" stroke-width="3"/><path d="m48 202-16 6m240-6 16 6"/>"#
        }
        Shape::Plane => {
            r#"<path d="M58 196h206v-26l-60-14H92l-34 16z"/><path d="M120 156 150 92l34 10-14 54z" fill="currentColor"/><circle cx="226" cy="150" r="16"/>"#
        }
        Shape::Chisel => {
            r#"<path d="M150 40h22v70h-22z"/><path d="M142 110h38v16h-38z" fill="currentColor"/><path d="M150 126h22v58l-22 18z"/>"#
        }
        Shape::Caliper => {
            r#"<path d="M48 92h224v26H48z"/><path d="M62 118h20v72l-20-24zM134 118h56v20h-36v52l-20-24z" fill="currentColor"/><path d="M210 92v26m14-26v26m14-26v26m14-26v26"/>"#
        }
        Shape::Gauge => {
            r#"<circle cx="160" cy="104" r="62"/><path d="m160 104 34-30" stroke="currentColor"/><circle cx="160" cy="104" r="7" fill="currentColor"/><path d="M160 52v10m52 42h-10m-84 0h-10"/><path d="M152 166h16v38h-16z"/>"#
        }
        Shape::Wrench => {
            r#"<path d="m84 186 100-84 18 20-100 84z"/><path d="M184 60a40 40 0 1 0 52 56l-30-6-16-24z" fill="currentColor"/>"#
        }
        Shape::Lantern => {
            r#"<path d="M136 48h48l18 34h-84z" fill="currentColor"/><path d="M118 82h84l-10 100h-64z"/><path d="m160 104 9 16 18 3-13 13 3 19-17-8-17 8 3-19-13-13 18-3z" fill="currentColor"/><path d="M122 182h76v20h-76zM160 48V30"/>"#
        }
        Shape::Lamp => {
            r#"<path d="M104 120 132 54h56l28 66z" fill="currentColor"/><path d="M160 120v70m-40 14h80"/><path d="M196 120v30"/>"#
        }
        Shape::Candle => {
            r#"<path d="M96 120v-40m64 24V60m64 60V80" stroke="currentColor" stroke-width="16"/><path d="M96 122c0 40 128 40 128 0M160 104v90m-44 10h88"/>"#
        }
        Shape::Headphones => {
            r#"<path d="M88 152v-24a72 72 0 0 1 144 0v24" fill="none"/><path d="M76 142h34v56H90a14 14 0 0 1-14-14zm168 0h-34v56h20a14 14 0 0 0 14-14z" fill="currentColor"/>"#
        }
        Shape::Amplifier => {
            r#"<path d="M70 96h180v94H70z"/><circle cx="204" cy="143" r="28" fill="currentColor"/><path d="m204 143 14-18M92 122h64m-64 21h44m-44 21h54"/><path d="M90 190v12m140-12v12"/>"#
        }
        Shape::Record => {
            r#"<circle cx="160" cy="122" r="80"/><circle cx="160" cy="122" r="56" fill="none" stroke-width="2"/><circle cx="160" cy="122" r="28" fill="currentColor"/><circle cx="160" cy="122" r="4"/>"#
        }
        Shape::Crate => {
            r#"<path d="M72 72h176v128H72z"/><path d="M72 104h176M72 136h176M72 168h176" stroke-width="3"/><path d="M84 72v128M236 72v128" stroke="currentColor" stroke-width="14"/>"#
        }
        Shape::Bolt => {
            r#"<path d="m160 42 40 20v36l-40 20-40-20V62z" fill="currentColor"/><path d="M146 118h28v84h-28z"/><path d="m146 140 28-8m-28 28 28-8m-28 28 28-8"/>"#
        }
        Shape::Strap => {
            r#"<circle cx="150" cy="126" r="72"/><circle cx="150" cy="126" r="46" fill="none" stroke="currentColor" stroke-width="14"/><circle cx="150" cy="126" r="20"/><path d="M150 198h116"/>"#
        }
        Shape::Tent => {
            r#"<path d="M160 56 56 202h208z"/><path d="m160 56-28 146h56z" fill="currentColor"/><path d="m160 56-14-20m14 20 14-20"/>"#
        }
        Shape::Stove => {
            r#"<path d="M96 110h128l-12 34H108z"/><path d="M108 144 84 202m128-58 24 58M160 144v58"/><path d="M140 104c-10-30 20-34 16-64 26 20 36 44 22 64z" fill="currentColor"/>"#
        }
        Shape::Mug => {
            r#"<path d="M98 78h104v104a18 18 0 0 1-18 18h-68a18 18 0 0 1-18-18z"/><path d="M202 104h20a22 22 0 0 1 0 60h-20" fill="none"/><path d="M98 78h104v20H98z" fill="currentColor"/>"#
        }
    }
}
