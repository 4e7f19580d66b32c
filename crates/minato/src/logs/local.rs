//! Writes lines here: to standard output, or to a file for each component.

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use minato_types::clock::Clock;

use super::file::{LogFile, Rotation};
use super::line::Line;
use super::queue::Queue;
use super::{Format, Options, lost_line};

/// Where lines go.
pub(super) struct Local {
    look: Look,
    place: Place,
    /// Whether the last lines could not be written.
    fails: bool,
}

#[derive(Clone, Copy)]
enum Look {
    Json,
    Text { colours: bool },
}

enum Place {
    Output,
    Folder { folder: PathBuf, rotation: Rotation, files: BTreeMap<&'static str, LogFile> },
}

impl Local {
    /// Makes the folder, if lines go to one.
    pub(super) fn open(options: &Options) -> Result<Self> {
        let terminal = options.files.is_none() && io::stdout().is_terminal();
        let look = match options.format {
            Format::Text => Look::Text { colours: terminal },
            Format::Auto if terminal => Look::Text { colours: true },
            Format::Json | Format::Auto => Look::Json,
        };
        let place = match &options.files {
            None => Place::Output,
            Some((folder, rotation)) => {
                let made = DirBuilder::new().recursive(true).mode(0o750).create(folder);
                made.with_context(|| format!("the log folder `{}` can't be made", folder.display()))?;
                tempfile_in(folder).with_context(|| {
                    format!("nothing can be written to the log folder `{}`", folder.display())
                })?;
                Place::Folder { folder: folder.clone(), rotation: *rotation, files: BTreeMap::new() }
            }
        };
        Ok(Self { look, place, fails: false })
    }

    /// Writes what comes until no more can come.
    pub(super) fn run(&mut self, queue: &Queue, clock: &dyn Clock) {
        while let Some(mut lines) = queue.take() {
            let untold = queue.take_untold();
            if untold > 0 {
                lines.push(Arc::new(lost_line(clock, untold)));
            }
            match self.write(&lines, clock) {
                Ok(()) => self.fails = false,
                Err((lost, error)) => {
                    queue.lose(lost);
                    if !std::mem::replace(&mut self.fails, true) {
                        complain(&error);
                    }
                }
            }
        }
    }

    /// Writes some lines; how many were lost, and why the last of them.
    fn write(&mut self, lines: &[Arc<Line>], clock: &dyn Clock) -> Result<(), (usize, io::Error)> {
        let look = self.look;
        let render = |line: &Line, text: &mut String| match look {
            Look::Json => line.json(text),
            Look::Text { colours } => line.text(text, colours),
        };
        let mut text = String::new();
        let Place::Folder { folder, rotation, files } = &mut self.place else {
            for line in lines {
                render(line, &mut text);
            }
            let mut output = io::stdout().lock();
            let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
            return written.map_err(|error| (lines.len(), error));
        };
        let mut failed: Option<(usize, io::Error)> = None;
        let mut note = |outcome: Result<(), (usize, io::Error)>| {
            if let Err((lost, error)) = outcome {
                failed = Some((lost + failed.as_ref().map_or(0, |(before, _)| *before), error));
            }
        };
        let now = clock.now();
        for line in lines {
            text.clear();
            render(line, &mut text);
            let name = line.component.name();
            let new = || LogFile::new(folder.join(format!("{name}.log")), *rotation);
            note(files.entry(name).or_insert_with(new).add(text.as_bytes(), now));
        }
        for file in files.values_mut() {
            note(file.flush(now));
        }
        failed.map_or(Ok(()), Err)
    }
}

/// Finds out at the start whether the folder can be written to.
fn tempfile_in(folder: &std::path::Path) -> io::Result<()> {
    let path = folder.join(".minato");
    std::fs::File::create(&path)?;
    std::fs::remove_file(path)
}

/// The one thing that can still be done.
#[expect(clippy::print_stderr, reason = "the log itself is what fails")]
fn complain(error: &io::Error) {
    eprintln!("minato: log lines can't be written: {error}");
}
