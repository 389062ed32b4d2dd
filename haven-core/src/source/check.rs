//! What is wrong with the files of a repository, found before a container needs them.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet, VecDeque},
    time::{Duration, Instant},
};

use haven_model::{Error, Result, source::FileProblem};

use super::{
    document::{Format, MAX_TEXT, Place},
    repository::{File, Snapshot, beside, circle},
};

/// The most problems that are kept.
const MAX_PROBLEMS: usize = 1000;
/// How long checking may take, and how many bytes it may read.
const TIME: Duration = Duration::from_secs(10);
const MAX_BYTES: usize = 32 * MAX_TEXT;

/// Where a file names others.
type Includes = Vec<(String, Place)>;

impl Snapshot {
    /// What is wrong with the files that can configure a container, by file and line: at most 1000 problems. Found once.
    pub async fn problems(&self) -> &[FileProblem] {
        self.problems.get_or_init(|| self.check()).await
    }

    async fn check(&self) -> Vec<FileProblem> {
        let (begun, mut bytes) = (Instant::now(), 0);
        let mut found = BTreeSet::new();
        let mut includes: BTreeMap<&str, Includes> = BTreeMap::new();
        // Of files that lie deeper those count that others include.
        let can_count = |path: &&str| path.matches('/').count() <= 1 && Format::of(path).is_some();
        let mut left: VecDeque<&str> = self.paths.iter().map(String::as_str).filter(can_count).collect();
        let mut seen: HashSet<&str> = left.iter().copied().collect();
        while let Some(path) = left.pop_front() {
            if begun.elapsed() > TIME || bytes > MAX_BYTES || found.len() >= MAX_PROBLEMS {
                let why = "this file and others are not checked: there are too many, or too many problems";
                found.insert(problem(path, &Error::invalid(why)));
                break;
            }
            let (said, errors) = match self.examine(path, &mut bytes).await {
                Ok(examined) => examined,
                Err(error) => (Includes::new(), vec![error]),
            };
            found.extend(errors.iter().map(|error| problem(path, error)));
            let mut good = Includes::new();
            for (include, place) in said {
                match self.included(path, &include) {
                    Ok(target) => {
                        if seen.insert(target) {
                            left.push_back(target);
                        }
                        good.push((target.to_owned(), place));
                    }
                    Err(error) => drop(found.insert(problem(path, &place.on(error)))),
                }
            }
            includes.insert(path, good);
        }
        found.extend(circles(&includes));
        found.into_iter().take(MAX_PROBLEMS).collect()
    }

    /// What a file includes, and what is wrong with the rest of it. What was read is not kept: a folder may hold much.
    async fn examine(&self, path: &str, bytes: &mut usize) -> Result<(Includes, Vec<Error>)> {
        let (Some(text), Some(format)) = (self.source.read(path).await?, Format::of(path)) else {
            return Ok((Includes::new(), Vec::new()));
        };
        *bytes += text.len();
        let read = tokio::task::spawn_blocking(move || {
            let (file, errors) = File::read(format, &text);
            (file.includes, errors)
        });
        read.await.map_err(|error| Error::unexpected("reading a file broke off").caused_by(error))
    }

    /// The path of a file that another includes.
    fn included(&self, path: &str, include: &str) -> Result<&str> {
        let target = beside(path, include)?;
        let target = self.known(&target)?;
        Format::of(target).map(|_| target).ok_or_else(|| Format::unknown(target))
    }
}

/// Files that include themselves.
fn circles(includes: &BTreeMap<&str, Includes>) -> Vec<FileProblem> {
    let (mut found, mut done) = (Vec::new(), HashSet::new());
    for start in includes.keys() {
        // The files that are open, outermost first, and how many of its includes each has done.
        let mut open: Vec<(&str, usize)> = Vec::new();
        let mut within = HashSet::new();
        let mut next = Some(*start).filter(|start| !done.contains(start));
        loop {
            if let Some(path) = next.take() {
                within.insert(path);
                open.push((path, 0));
            }
            let Some((path, at)) = open.last_mut() else { break };
            let path = *path;
            let Some((target, place)) = includes.get(path).and_then(|said| said.get(*at)) else {
                within.remove(path);
                done.insert(path);
                open.pop();
                continue;
            };
            *at += 1;
            if within.contains(target.as_str()) {
                let chain: Vec<&str> = open.iter().map(|(path, _)| *path).skip_while(|path| path != target).collect();
                found.push(problem(path, &place.on(circle(&chain, target))));
                if found.len() >= MAX_PROBLEMS {
                    return found;
                }
            } else if !done.contains(target.as_str()) {
                next = Some(target);
            }
        }
    }
    found
}

fn problem(file: &str, error: &Error) -> FileProblem {
    let of = |wanted| error.context().find(|(name, _)| *name == wanted).and_then(|(_, number)| number.parse().ok());
    FileProblem { file: file.to_owned(), line: of("line"), column: of("column"), message: error.message().to_owned() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::MemorySource;

    async fn told(files: &[(&str, &str)]) -> Vec<String> {
        let source = MemorySource::default();
        for (path, text) in files {
            source.put(path, *text).unwrap();
        }
        let snapshot = Snapshot::of(Arc::new(source), "1".into(), None).await.unwrap();
        let number = |number: Option<u32>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
        let told = |problem: &FileProblem| {
            let (line, column) = (number(problem.line), number(problem.column));
            format!("{}:{line}:{column} {}", problem.file, problem.message)
        };
        snapshot.problems().await.iter().map(told).collect()
    }

    #[tokio::test]
    async fn every_mistake_is_told_where_it_stands() {
        let told = told(&[
            ("README.md", "memory: lots"),
            ("x.toml", "memory: lots"),
            ("good.yml", "include: [common/env.yml, a/b/c.yml]\ntty: true\n"),
            ("common/env.yml", "environment: {A: 1}\n"),
            ("bad.yml", "tty: [1]\nuser: me\nmemroy: 1g\ninclude: [none.yml, ../up.yml, x.toml]\n"),
            ("broken.yaml", "tty: true\nuser: 'never closed\n"),
            ("one.yml", "include: two.yml\n"),
            ("two.yml", "tty: true\ninclude: one.yml\n"),
            ("web.properties", "tty = maybe\n"),
            ("a/b/c.yml", "colour: red\n"),
            ("a/b/not-ours.yml", "services: {web: {image: web}}\n"),
        ])
        .await;
        let expected = [
            "a/b/c.yml:1:1 `colour` is nothing that can be said of a container",
            "bad.yml:1:6 `tty`: a text is wanted here, and this is a list",
            "bad.yml:3:1 `memroy` is nothing that can be said of a container; is `memory` meant?",
            "bad.yml:4:11 there is no file `none.yml` in the repository",
            "bad.yml:4:21 `../up.yml` leads out of the repository",
            "bad.yml:4:32 `x.toml` is neither `.yml`, `.yaml` nor `.properties`",
            "broken.yaml:2:",
            "two.yml:2:10 `one.yml` includes itself: one.yml → two.yml → one.yml",
            "web.properties:1:1 `tty`: `maybe` is neither `true` nor `false`",
        ];
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.starts_with(expected), "{told} is not {expected}");
        }
    }

    #[tokio::test]
    async fn many_mistakes_are_told_in_bounds() {
        let lines: Vec<String> = (0..500).map(|number| format!("name{number}x: 1")).collect();
        let text = lines.join("\n");
        let paths: Vec<String> = (0..30).map(|number| format!("f{number}.yml")).collect();
        let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), text.as_str())).collect();
        assert_eq!(told(&files).await.len(), MAX_PROBLEMS);
    }

    #[tokio::test]
    async fn long_circles_are_told_in_short() {
        let files: Vec<(String, String)> =
            (0..500).map(|n| (format!("f{n}.yml"), format!("include: f{}.yml\n", (n + 1) % 500))).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let told = told(&files).await;
        assert_eq!(told, ["f499.yml:1:10 files include each other more than 16 deep"]);
    }
}
