//! Parents before children: generations of the unions in the files, and the rows that go round in a circle. Pure.

use std::collections::BTreeMap;

use super::draft::Row;
use super::plan::{Index, told};
use super::refusals::PARENT_CYCLE;

/// The parent's row of each union row whose parent is in the files.
pub(super) fn parents(rows: &[Row], index: &Index) -> BTreeMap<usize, usize> {
    let unions = rows.iter().enumerate().filter_map(|(number, row)| Some((number, row.union()?)));
    unions.filter_map(|(number, draft)| Some((number, index.union(draft.parent.as_ref()?)?))).collect()
}

/// Refuses the rows of circles; answers how many rows of the files stand above each union row. The rows of a circle
/// stand at the top: they are refused, and what hangs below them is found refused after them.
pub(super) fn check(rows: &mut [Row], parents: &BTreeMap<usize, usize>) -> BTreeMap<usize, usize> {
    let mut generations: BTreeMap<usize, usize> = BTreeMap::new();
    let unions: Vec<usize> = (0..rows.len()).filter(|number| rows[*number].union().is_some()).collect();
    for start in unions {
        let mut walk: Vec<usize> = Vec::new();
        let mut here = Some(start);
        while let Some(number) = here {
            if generations.contains_key(&number) {
                break;
            }
            if let Some(first) = walk.iter().position(|seen| *seen == number) {
                refuse_circle(rows, &walk[first..], parents);
                generations.extend(walk.drain(first..).map(|number| (number, 0)));
                break;
            }
            walk.push(number);
            here = parents.get(&number).copied();
        }
        // What is left of the walk hangs below a row whose generation is known, or begins at the top.
        for number in walk.into_iter().rev() {
            let above = parents.get(&number).and_then(|parent| generations.get(parent));
            let generation = above.map_or(0, |above| above + 1);
            generations.insert(number, generation);
        }
    }
    generations
}

/// Each row of the circle is told where its parent stands.
fn refuse_circle(rows: &mut [Row], circle: &[usize], parents: &BTreeMap<usize, usize>) {
    for number in circle {
        let Some(parent) = parents.get(number) else { continue };
        let sentence = if parent == number {
            format!("{}把自己写成了自己的上级，请改正上级工会。", told(rows, *number, *number))
        } else {
            let (own, above) = (told(rows, *number, *number), told(rows, *parent, *number));
            format!("上下级绕成了圈：{own}的上级写在{above}，{above}又归到{own}之下。请核对这两行的上级工会。")
        };
        rows[*number].refuse("parent", PARENT_CYCLE.with(sentence));
    }
}
