//! Plots as SVG: columns over time, bars, and small multiples. Colours are classes of the page.

use std::fmt::Write as _;

/// One kind of thing that is counted, over time.
pub(super) struct Series<'s> {
    pub(super) name: &'s str,
    /// Class that colours it.
    pub(super) class: &'s str,
    pub(super) counts: Vec<u64>,
}

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 28.0;
/// Room that a label of the time axis takes.
const LABEL: f64 = 110.0;

/// Stacked columns, one for each of `times`, with both axes.
pub(super) fn columns(times: &[String], series: &[Series<'_>]) -> String {
    let sum =
        |index: usize| series.iter().map(|one| one.counts.get(index).copied().unwrap_or(0)).sum::<u64>();
    let most = (0..times.len()).map(sum).max().unwrap_or(0).max(1);
    let step = step(most);
    let ceiling = most.div_ceil(step) * step;
    let (plot, high) = (WIDTH - LEFT, HEIGHT - TOP - BOTTOM);
    let y = |count: u64| TOP + high * (1.0 - count as f64 / ceiling as f64);
    let pitch = plot / times.len().max(1) as f64;
    let mut svg = format!(
        "<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Tasks over time\">"
    );
    for tick in (0..=ceiling / step).map(|tick| tick * step) {
        let at = y(tick);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            at + 4.0,
            grouped(tick)
        );
    }
    let every = (LABEL / pitch).ceil().max(1.0) as usize;
    for (index, time) in times.iter().enumerate() {
        let x = LEFT + pitch * index as f64;
        if index % every == 0 && x + LABEL < WIDTH + 10.0 {
            let _ = write!(
                svg,
                "<text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
                HEIGHT - 8.0,
                escaped(time)
            );
        }
        let mut below = 0;
        for one in series {
            let count = one.counts.get(index).copied().unwrap_or(0);
            if count == 0 {
                continue;
            }
            let (top, foot) = (y(below + count), y(below));
            let _ = write!(
                svg,
                "<rect class=\"{}\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\">\
                 <title>{}: {} of {}</title></rect>",
                one.class,
                x + pitch * 0.08,
                pitch * 0.84,
                (foot - top).max(0.8),
                escaped(time),
                grouped(count),
                escaped(one.name)
            );
            below += count;
        }
    }
    svg.push_str("</svg>");
    svg
}

/// A bar of `count` where the longest is `most`, of which `part` is set off.
pub(super) fn bar(count: u64, part: u64, most: u64) -> String {
    let share = |count: u64| 100.0 * count as f64 / most.max(1) as f64;
    let mut svg = String::from(
        "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
    );
    let _ = write!(svg, "<rect class=\"rest\" width=\"{:.2}\" height=\"10\"/>", share(count));
    if part > 0 {
        // What is there is seen.
        let _ = write!(svg, "<rect class=\"hot\" width=\"{:.2}\" height=\"10\"/>", share(part).max(0.6));
    }
    svg.push_str("</svg>");
    svg
}

/// Columns without axes, in a line of text.
pub(super) fn spark(counts: &[u64], class: &str) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let width = counts.len().max(1) * 5;
    let mut svg = format!(
        "<svg class=\"spark\" viewBox=\"0 0 {width} 28\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
    );
    for (index, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (26.0 * *count as f64 / most as f64).max(1.5);
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{}\" y=\"{:.1}\" width=\"4\" height=\"{height:.1}\"/>",
            index * 5,
            28.0 - height
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A round number so that four or fewer steps reach `most`.
fn step(most: u64) -> u64 {
    let mut unit = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = factor * unit;
            if most.div_ceil(step) <= 4 {
                return step;
            }
        }
        unit *= 10;
    }
}

/// `1,234,567`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Text for HTML and SVG, in content and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(letter),
            letter if letter.is_control() => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        for (most, expected) in [(1, 1), (4, 1), (5, 2), (9, 5), (37, 10), (81, 50), (1_000_000, 500_000)] {
            assert_eq!(step(most), expected, "{most}");
        }
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escaped("<script a='b'>\"&\u{1b}"), "&lt;script a=&#39;b&#39;&gt;&quot;&amp;\u{fffd}");
    }
}
