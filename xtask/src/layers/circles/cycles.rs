//! Circles in the graph of files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::layers::circles::imports::Edges;

/// One step around a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// The file that imports.
    pub(crate) from: usize,
    /// The path that it imports by.
    pub(crate) import: String,
}

/// For every file on a circle the shortest one through it, each circle once.
pub(crate) fn find(edges: &Edges) -> Vec<Vec<Step>> {
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for start in edges.keys() {
        if let Some(circle) = shortest_through(edges, *start) {
            let mut members: Vec<_> = circle.iter().map(|step| step.from).collect();
            members.sort_unstable();
            if seen.insert(members) {
                circles.push(circle);
            }
        }
    }
    circles
}

/// Breadth first from a file back to itself.
fn shortest_through(edges: &Edges, start: usize) -> Option<Vec<Step>> {
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for next in edges.get(&file).into_iter().flat_map(BTreeMap::keys) {
            if *next == start {
                return way(edges, &came_from, start, file);
            }
            if !came_from.contains_key(next) {
                came_from.insert(*next, file);
                queue.push_back(*next);
            }
        }
    }
    None
}

/// The steps from `start` to `last` and from there back to `start`.
fn way(
    edges: &Edges,
    came_from: &BTreeMap<usize, usize>,
    start: usize,
    last: usize,
) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let (mut from, mut to) = (last, start);
    loop {
        let import = edges.get(&from)?.get(&to)?.clone();
        steps.push(Step { from, import });
        if from == start {
            break;
        }
        to = from;
        from = *came_from.get(&from)?;
    }
    steps.reverse();
    Some(steps)
}
