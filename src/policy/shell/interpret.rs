//! Gives every command its meaning, in the order of the script: constants put in, prefixes followed, nested code read.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::carrier::Certainty;
use super::environment::{Content, Environment, Value, link};
use super::expand::Level;
use super::text::{Places, Text};
use super::{
    Assigned, Assignment, COMMANDS, DEPTH, ForeignWrite, Fragment, Invocation, Outer, Reading, Redirection,
    SIZE, ScopeKind, SimpleCommand, Unclear, Word, carrier, invocation, parser,
};
use crate::policy::names::Names;

/// The most variants of one command.
const VARIANTS: usize = 16;
/// The longest value of which a credential may be put together.
const LONGEST_VALUE: usize = 4096;

/// Clients of databases, whose standard input is worth a look.
static QUERYING: LazyLock<Names> = LazyLock::new(|| {
    const LIST: &str = "beeline bq clickhouse clickhouse-client cockroach cqlsh duckdb fly flyctl heroku hive impala-shell influx isql litecli mariadb mongo mongosh mssql-cli mycli mysql node perl pgcli php presto prisma psql python rails redis-cli ruby snow snowsql spark-sql sqlcmd sqlite sqlite3 sqlplus supabase trino turso usql wrangler ysqlsh";
    Names::of(&[LIST])
});

pub(super) struct Interpreter {
    reading: Reading,
    environment: Environment,
    /// The functions whose bodies are being read for a call.
    expanding: Vec<usize>,
}

impl Interpreter {
    pub(super) fn new(reading: Reading) -> Interpreter {
        Interpreter { reading, environment: Environment::default(), expanding: Vec::new() }
    }

    pub(super) fn run(mut self, script: &str) -> Reading {
        self.fragment(script, Places::From(0), &Fragment::default());
        self.own_files();
        let Reading { functions, commands, unclear, .. } = &mut self.reading;
        if functions.iter().any(|function| function.called) {
            // The bodies were read with the arguments of each call; without them they only say less.
            let template = |index: Option<usize>| {
                index.and_then(|index| functions.get(index)).is_some_and(|it| it.called)
            };
            commands.retain(|command| !template(command.function));
            unclear.retain(|unclear| !template(unclear.function));
        }
        self.reading
    }

    /// Reads one piece of shell text and gives every command its meaning.
    fn fragment(&mut self, text: &str, places: Places, place: &Fragment) {
        self.reading.size += text.len();
        let span = places.span(0..text.len());
        if place.depth > DEPTH || self.reading.size > 4 * SIZE {
            self.reading.unclear(span, "commands are nested too deeply");
            return;
        }
        let base = self.reading.commands.len();
        let unclear = self.reading.unclear.len();
        parser::Parser::new(text, places, place, &mut self.reading).script();
        for unclear in &mut self.reading.unclear[unclear..] {
            unclear.function = unclear.function.or(place.function);
        }
        let parsed = self.reading.commands.split_off(base);
        let outer = std::mem::replace(&mut self.environment.positional, place.positional.clone());
        for (index, command) in parsed.iter().enumerate() {
            if self.reading.commands.len() >= COMMANDS {
                self.reading.unclear(command.span.clone(), format!("more than {COMMANDS} commands"));
                break;
            }
            self.command(&parsed, base, index, place);
        }
        self.environment.positional = outer;
    }

    /// Reads a text that is only possibly run: it changes nothing and says nothing else, and its commands are kept
    /// apart unless it is run wherever it is code at all.
    fn possibly(&mut self, text: &str, places: Places, place: &Fragment) {
        let environment = self.environment.clone();
        let reading = &self.reading;
        let (commands, unclear, remote) =
            (reading.commands.len(), reading.unclear.len(), reading.remote.len());
        let (writes, bombs, values) =
            (reading.foreign_writes.len(), reading.bombs.len(), reading.values.len());
        let span = places.span(0..text.len());
        self.fragment(text, places, place);
        self.environment = environment;
        let reading = &mut self.reading;
        if place.certainty == Certainty::Possible {
            reading.possible.extend(reading.commands.drain(commands..));
        }
        reading.unclear.truncate(unclear);
        if reading.remote.len() > remote || reading.bombs.len() > bombs {
            reading.unclear(span, "a text that may be run, and then runs what nobody has read");
        }
        reading.remote.truncate(remote);
        reading.foreign_writes.truncate(writes);
        reading.bombs.truncate(bombs);
        reading.values.truncate(values);
    }

    /// One command in every form that constants give it, and what it changes for those after it.
    fn command(&mut self, parsed: &[SimpleCommand], base: usize, index: usize, place: &Fragment) {
        let environment = std::mem::take(&mut self.environment);
        let level = Level { parsed, base, environment: &environment };
        let command = &parsed[index];
        let mut variants = variants(&level, command);
        for variant in &mut variants {
            variant.elsewhere |= place.elsewhere;
            Self::unalias(&environment, variant);
        }
        let mut carried = Vec::new();
        for mut variant in variants {
            let unwrapped = invocation::unwrap(&level, &variant, &place.via);
            variant.invocations = unwrapped.invocations;
            let asks = |invocation: &Invocation| QUERYING.has(&invocation.program);
            if variant.invocations.iter().any(asks) {
                variant.input_text = level.input(&variant).map(|text| text.as_str().to_owned());
            }
            let mut found = carrier::carried(&level, &variant, place.posix);
            found.unclear.extend(unwrapped.unclear);
            found.code.extend(unwrapped.code);
            if found.code.iter().any(|code| code.certainty != Certainty::Run) {
                self.sift(&variant, place, &mut found.code);
            }
            carried.push((variant, found));
        }
        let written: Vec<(String, Content)> =
            carried.iter().flat_map(|(variant, _)| Self::written(&level, variant)).collect();
        let assigned = assigned(&level, command);
        let fetched = command.assignments.iter().filter(|assignment| level.fetches(&assignment.value));
        let fetched: Vec<String> = fetched.map(|assignment| assignment.name.clone()).collect();
        let effects: Vec<Effect> = carried.iter().flat_map(|(variant, _)| effects(&level, variant)).collect();
        self.environment = environment;
        self.environment.remote.extend(fetched);
        let first = command.words.first().map(|word| word.text.as_deref().unwrap_or_default());
        let assigns = matches!(first, None | Some("export" | "declare" | "local" | "readonly" | "typeset"));
        let certain = command.scope == place.scope && assigns;
        let positional = assigned.into_iter().chain(effects);
        self.apply(positional.collect(), certain || command.each);
        for (file, content) in written {
            self.environment.files.insert(file, content);
        }
        let moves = |it: &Invocation| matches!(it.program.as_str(), "cd" | "pushd" | "popd" | "chdir");
        self.environment.moved |=
            carried.iter().any(|(variant, _)| variant.invocations.last().is_some_and(moves));
        for (variant, found) in carried {
            for sed in variant.invocations.iter().filter(|invocation| invocation.program == "sed") {
                let files = sed.sed_files().into_iter().map(|(file, _)| base_name(&file).to_owned());
                self.environment.files.extend(files.map(|file| (file, Content::Unknown)));
            }
            self.interpret(variant, found, place);
        }
    }

    /// Leaves out what is not worth reading as possible code: what is known to be run, and what a function is given.
    fn sift(&self, command: &SimpleCommand, place: &Fragment, code: &mut Vec<carrier::Code>) {
        let function = |name: &str| self.reading.functions.iter().any(|function| function.name == name);
        let none = place.certainty != Certainty::Run
            || command.invocations.last().is_some_and(|last| !last.is_path() && function(&last.program));
        let certain: Vec<Range<usize>> = code
            .iter()
            .filter(|code| code.certainty == Certainty::Run)
            .map(|code| code.text.span())
            .collect();
        code.retain(|code| {
            let span = code.text.span();
            code.certainty == Certainty::Run
                || !none && !certain.iter().any(|it| it.start <= span.start && span.end <= it.end)
        });
    }

    /// Adds a command with its meaning, and then the commands that it carries as text.
    fn interpret(&mut self, mut command: SimpleCommand, found: carrier::Carried, place: &Fragment) {
        let (scope, fed, function) = (command.scope, command.pipeline.fed, command.function);
        self.bomb(&command);
        let call = self.call(&command, place);
        // What a function of the script does with its words is read in its body.
        if let Some(called) = command.invocations.last_mut().filter(|called| !called.is_path())
            && self.reading.functions.iter().any(|function| function.name == called.program)
        {
            called.follows = true;
        }
        let directory = if found.code.is_empty() {
            None
        } else {
            command.invocations.iter().find_map(Invocation::directory)
        };
        let elsewhere = command.elsewhere;
        self.reading.commands.push(command);
        self.reading.unclear.extend(found.unclear.into_iter().map(|unclear| Unclear { function, ..unclear }));
        self.reading.remote.extend(found.remote);
        self.reading.deletes.extend(found.deletes);
        self.reading.foreign_writes.extend(found.writes.into_iter().filter(|_| !elsewhere).map(
            |(text, span, by)| ForeignWrite {
                path: text.map(|text| text.as_str().to_owned()),
                span,
                by,
                scope,
            },
        ));
        for code in found.code {
            let own = code.scope.map(|kind| self.reading.open_scope(scope, kind));
            if let (Some(own), Some(directory)) = (own, &directory) {
                self.reading.moved.insert(own, directory.clone());
            }
            let scope = own.unwrap_or(scope);
            let inner = Fragment {
                depth: place.depth + 1,
                scope,
                fed,
                posix: code.posix || place.posix,
                elsewhere: elsewhere || code.elsewhere,
                function,
                positional: code.positional,
                certainty: if place.certainty == Certainty::Run { code.certainty } else { place.certainty },
                via: code.via,
            };
            let (text, places) = code.text.into_parts();
            match code.certainty {
                Certainty::Run => self.fragment(&text, places, &inner),
                Certainty::Likely | Certainty::Possible => self.possibly(&text, places, &inner),
            }
        }
        if let Some((index, inner)) = call {
            self.expanding.push(index);
            let (text, places) = self.reading.functions[index].body.clone().into_parts();
            let scope = self.reading.open_scope(inner.scope, ScopeKind::Branch);
            self.fragment(&text, places, &Fragment { scope, ..inner });
            self.expanding.pop();
        }
    }

    /// The call of a function of this script whose arguments change what it does.
    fn call(&mut self, command: &SimpleCommand, place: &Fragment) -> Option<(usize, Fragment)> {
        let called = command.invocations.last().filter(|called| !called.is_path())?;
        let functions = &self.reading.functions;
        let index = functions.iter().rposition(|function| function.name == called.program)?;
        if self.expanding.contains(&index) || command.function == Some(index) || self.expanding.len() >= 4 {
            return None;
        }
        if !positional_in(functions[index].body.as_str()) {
            return None;
        }
        self.reading.functions[index].called = true;
        let words = std::iter::once(called.word()).chain(called.words()).cloned();
        let inner = Fragment {
            depth: place.depth + 1,
            scope: command.scope,
            fed: command.pipeline.fed,
            function: command.function,
            positional: Some(words.collect()),
            via: called.chain(""),
            ..place.clone()
        };
        Some((index, inner))
    }

    /// A function that starts itself again beside itself.
    fn bomb(&mut self, command: &SimpleCommand) {
        let Some(function) = command.function.and_then(|index| self.reading.functions.get(index)) else {
            return;
        };
        let itself = command.words.first().is_some_and(|word| word.text.as_deref() == Some(&function.name));
        if itself && command.input.is_some() {
            self.reading.bombs.push(command.span.clone());
        }
    }

    /// Puts the value of an alias in its place.
    fn unalias(environment: &Environment, command: &mut SimpleCommand) {
        let Some(alias) = command
            .words
            .first()
            .and_then(|word| word.text.as_deref())
            .and_then(|name| environment.aliases.get(name))
        else {
            return;
        };
        let (Some(text), span) = (&alias.text, &command.words[0].span) else { return };
        let resolved = vec![Outer { text: format!("alias {text}"), span: alias.span.clone() }];
        let words = text.split_whitespace().map(|word| {
            let (text, places) = Text::decoded(word, span).into_parts();
            Word {
                text: Some(text),
                places,
                span: span.clone(),
                resolved: resolved.clone(),
                ..Word::default()
            }
        });
        let rest = command.words[1..].iter().cloned();
        command.words = words.chain(rest).collect();
    }

    /// What a command writes into files by redirecting its output, or by downloading.
    fn written(level: &Level<'_>, command: &SimpleCommand) -> Vec<(String, Content)> {
        let mut written = Vec::new();
        for redirection in command.redirections.iter().filter(|it| it.writes) {
            let Some(target) = level.constant(&redirection.target) else { continue };
            if target.as_str().starts_with("/dev/") {
                continue;
            }
            let plain = SimpleCommand {
                redirections: command.redirections.iter().filter(|it| !it.writes).cloned().collect(),
                ..command.clone()
            };
            let content = level.printed_by(&plain);
            let downloads = plain
                .words
                .first()
                .and_then(|word| word.text.as_deref())
                .is_some_and(|name| super::output::downloads(super::program::normalised(name)));
            let content = match content {
                _ if downloads || command.input.as_ref().is_some_and(|input| level.remote(input)) => {
                    Content::Remote
                }
                Some(text) => Content::Known(text),
                None => Content::Unknown,
            };
            written.push((file(&target), content));
        }
        let Some(called) = command.invocations.last() else { return written };
        let (name, words) = (called.program.as_str(), called.words());
        if super::output::downloads(name) {
            let arguments = super::arguments::arguments(name, words);
            let named = arguments
                .flags
                .iter()
                .filter(|flag| matches!(&*flag.name, "-o" | "--output" | "-O" | "--output-document"));
            for value in named.filter_map(|flag| flag.value) {
                written.push((base_name(value).to_owned(), Content::Remote));
            }
            let own_name = arguments.operands.iter().filter_map(|word| word.text.as_deref()).map(base_name);
            written.extend(
                own_name.filter(|name| !name.is_empty()).map(|name| (name.to_owned(), Content::Remote)),
            );
        }
        if matches!(name, "tar" | "unzip") {
            written.extend(Self::unpacked(level, command, words));
        }
        // `… | dd of=FILE`
        if name == "dd" {
            let value = |key: &str| {
                words.iter().find_map(|word| word.text.as_deref().and_then(|text| text.strip_prefix(key)))
            };
            if let Some(target) = value("of=").filter(|target| !target.starts_with("/dev/")) {
                let content = match value("if=") {
                    Some(source) => Self::content(base_name(source), level),
                    None => level.input(command).map(Content::Known),
                };
                written.push((base_name(target).to_owned(), content.unwrap_or(Content::Unknown)));
            }
        }
        if matches!(name, "tee" | "cp" | "mv" | "ln" | "install" | "base64" | "gunzip" | "tar" | "unzip") {
            let content = match name {
                "tee" => match level.input(command) {
                    Some(text) => Content::Known(text),
                    None if command.input.as_ref().is_some_and(|input| level.remote(input)) => {
                        Content::Remote
                    }
                    None => Content::Unknown,
                },
                "cp" | "mv" | "ln" | "install" => {
                    let source = words.iter().filter_map(|word| word.text.as_deref());
                    let mut source = source;
                    let known = source.find_map(|text| Self::content(base_name(text), level));
                    known.unwrap_or(Content::Unknown)
                }
                _ => Content::Unknown,
            };
            if matches!(name, "tee" | "cp" | "mv" | "ln" | "install") {
                let operands = words.iter().filter_map(|word| word.text.as_deref());
                for operand in operands.filter(|text| !text.starts_with('-')) {
                    let file = base_name(operand).to_owned();
                    if name == "tee" || !level.environment.files.contains_key(&file) {
                        written.push((file, content.clone()));
                    }
                }
            }
        }
        written
    }

    /// The directories that an archive from another machine most likely makes: called like itself.
    fn unpacked(level: &Level<'_>, command: &SimpleCommand, words: &[Word]) -> Vec<(String, Content)> {
        let remote = |name: &str| matches!(level.environment.files.get(name), Some(Content::Remote));
        let mut names: Vec<&str> =
            words.iter().filter_map(|word| word.text.as_deref()).map(base_name).collect();
        names.retain(|name| remote(name));
        let fed = command.input.iter().cloned().flatten().filter_map(|at| level.command(at));
        let addresses = fed.flat_map(|command| command.words.iter()).filter_map(|word| word.text.as_deref());
        names.extend(addresses.filter(|text| text.contains("://")).map(base_name));
        let endings = [".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar.zst", ".tar", ".zip"];
        let stem =
            |name: &str| endings.iter().find_map(|ending| name.strip_suffix(ending)).map(str::to_owned);
        names.into_iter().filter_map(stem).map(|stem| (format!("{stem}/"), Content::Remote)).collect()
    }

    fn content(name: &str, level: &Level<'_>) -> Option<Content> {
        level.environment.files.get(name).cloned()
    }

    fn apply(&mut self, effects: Vec<Effect>, certain: bool) {
        for effect in effects {
            match effect {
                Effect::Set { name, values, open, span } => {
                    for value in
                        values.iter().filter(|value| !value.array && value.first().len() < LONGEST_VALUE)
                    {
                        self.reading.values.push(Assigned {
                            name: name.clone(),
                            value: value.first().to_owned(),
                            span: span.clone(),
                        });
                    }
                    self.environment.set(&name, values, open, certain);
                }
                Effect::Positional(words) => self.environment.positional = words,
                Effect::Within(name, directory) => {
                    if let Some(variable) = self.environment.variables.get_mut(&name) {
                        variable.within = Some(directory);
                    }
                }
                Effect::Start(name, rest) => {
                    if let Some(variable) = self.environment.variables.get_mut(&name).filter(|_| certain) {
                        variable.start = Some(rest);
                    }
                }
                Effect::Alias(name, word) => {
                    self.environment.aliases.insert(name, word);
                }
            }
        }
    }

    /// Reports programs that the script itself writes and whose contents are not known.
    fn own_files(&mut self) {
        let files = &self.environment.files;
        if files.is_empty() {
            return;
        }
        let unknown = |name: &str| matches!(files.get(name), Some(Content::Unknown));
        let runs = |invocation: &&Invocation| {
            let script = invocation.words().iter().find(|word| {
                !word.may_be_option() && !word.text.as_deref().is_some_and(|text| text.starts_with('-'))
            });
            let script = script.filter(|word| {
                carrier::runs_files(&invocation.program)
                    && !word.text.as_deref().is_some_and(|text| text.contains([' ', '\n']))
            });
            invocation.is_path() && unknown(&invocation.program)
                || script.and_then(|word| word.text.as_deref()).is_some_and(|name| unknown(base_name(name)))
        };
        let found = self.reading.commands.iter().flat_map(|command| command.invocations.iter().filter(runs));
        let spans: Vec<Range<usize>> = found.map(|invocation| invocation.span.clone()).collect();
        for span in spans {
            self.reading.unclear(span, "a program that the script itself writes");
        }
    }
}

/// What a command changes for those after it.
enum Effect {
    Set {
        name: String,
        values: Vec<Value>,
        open: bool,
        span: Range<usize>,
    },
    Positional(Option<Arc<[Word]>>),
    /// The values of a variable are entries of a directory.
    Within(String, String),
    /// A variable is the directory in which the script began, with this behind it.
    Start(String, String),
    Alias(String, Word),
}

/// The command with its words expanded, once for each alternative.
fn variants(level: &Level<'_>, command: &SimpleCommand) -> Vec<SimpleCommand> {
    let computed = command.words.iter().any(|word| word.parts.is_some())
        || command.redirections.iter().any(|redirection| redirection.target.parts.is_some());
    if !computed {
        return vec![command.clone()];
    }
    let mut lists: Vec<Vec<Word>> = vec![Vec::new()];
    for word in command.words.iter() {
        let alternatives = if lists.len() < VARIANTS { level.expand(word) } else { vec![vec![word.clone()]] };
        let alternatives =
            if lists.len() * alternatives.len() > VARIANTS { vec![vec![word.clone()]] } else { alternatives };
        if let [only] = alternatives.as_slice() {
            for list in &mut lists {
                list.extend(only.iter().cloned());
            }
            continue;
        }
        lists = lists
            .iter()
            .flat_map(|list| {
                alternatives.iter().map(move |fields| list.iter().chain(fields).cloned().collect())
            })
            .collect();
    }
    let with_words = lists.into_iter().map(|words| SimpleCommand { words: words.into(), ..command.clone() });
    let mut variants: Vec<SimpleCommand> = with_words.collect();
    // Further targets of one redirection, in commands of nothing else.
    let mut further = Vec::new();
    for (index, redirection) in command.redirections.iter().enumerate() {
        let target = &redirection.target;
        if target.parts.is_none() || redirection.kind == super::RedirectionKind::HereDocument {
            continue;
        }
        let alternatives = level.expand(target);
        let targets: Vec<Word> = alternatives
            .into_iter()
            .filter_map(|fields| <[Word; 1]>::try_from(fields).ok())
            .map(|[word]| word)
            .collect();
        if let Some((first, others)) = targets.split_first() {
            for variant in &mut variants {
                variant.redirections[index].target = first.clone();
            }
            for other in others.iter().take(VARIANTS) {
                // Only its target is new.
                let redirection = Redirection { target: other.clone(), ..redirection.clone() };
                further.push(SimpleCommand {
                    words: Arc::default(),
                    redirections: vec![redirection],
                    ..command.clone()
                });
            }
        }
    }
    variants.append(&mut further);
    for variant in variants.iter_mut().skip(1) {
        variant.further = true;
    }
    variants
}

/// The assignments of a command.
fn assigned(level: &Level<'_>, command: &SimpleCommand) -> Vec<Effect> {
    let mut effects = Vec::new();
    if command.each {
        let Some(first) = command.assignments.first() else { return effects };
        let (mut values, mut open) = (Vec::new(), false);
        for assignment in &command.assignments {
            for fields in level.expand(&assignment.value) {
                for field in fields {
                    match &field.text {
                        Some(text) if !field.globbed => {
                            let origin = link(&first.name, text, &field.span);
                            values.push(Value::text(text.clone(), Some(origin)));
                        }
                        _ => open = true,
                    }
                }
            }
        }
        open |= values.len() > VARIANTS;
        values.truncate(VARIANTS);
        let span = first.value.span.clone();
        let name = first.name.clone();
        let within = directory_of(level, command).map(|directory| Effect::Within(name.clone(), directory));
        return [Effect::Set { name, values, open, span }].into_iter().chain(within).collect();
    }
    for assignment in command.assignments.iter().chain(&command.declared) {
        let effect = assignment_effect(level, assignment);
        let start = match &effect {
            Effect::Set { values, open: true, .. } if values.is_empty() => {
                start_of(level, command, assignment)
            }
            _ => None,
        };
        effects.push(effect);
        effects.extend(start);
        if assignment.elements.is_none()
            && !assignment.appends
            && let Some(directory) = level.lies_in(&assignment.value)
        {
            effects.push(Effect::Within(assignment.name.clone(), directory));
        }
    }
    effects
}

/// What `T=$PWD/tests` and `T=$(pwd)` say, where no command before may have changed the directory: in the script
/// itself, since functions and other shells may be run anywhere.
fn start_of(level: &Level<'_>, command: &SimpleCommand, assignment: &Assignment) -> Option<Effect> {
    if command.scope != 0 || command.function.is_some() || assignment.appends {
        return None;
    }
    let rest = level.start(assignment.value.parts.as_deref()?)?;
    Some(Effect::Start(assignment.name.clone(), rest))
}

/// The one directory in whose entries a loop goes: `for f in tests/*.in`.
fn directory_of(level: &Level<'_>, command: &SimpleCommand) -> Option<String> {
    let mut found: Option<String> = None;
    for field in command.assignments.iter().flat_map(|it| level.expand(&it.value)).flatten() {
        let text = field.text.as_deref().filter(|text| !text.starts_with(['~', '-']))?;
        let text = text.strip_suffix('/').unwrap_or(text);
        let (directory, name) = text.rsplit_once('/').unwrap_or((".", text));
        let odd = directory.contains(['*', '?', '[']) || directory.split('/').any(|part| part == "..");
        if odd || directory.is_empty() || name.starts_with('.') || name.is_empty() {
            return None;
        }
        if found.as_deref().is_some_and(|found| found != directory) {
            return None;
        }
        found = Some(directory.to_owned());
    }
    found
}

fn assignment_effect(level: &Level<'_>, assignment: &Assignment) -> Effect {
    let (name, span) = (assignment.name.clone(), assignment.value.span.clone());
    let before = level.environment.variable(&name);
    if let Some(elements) = &assignment.elements {
        let mut words = Vec::new();
        if assignment.appends
            && let [only] = before.values.as_slice()
        {
            words.extend(only.words.iter().cloned());
        }
        let mut open = assignment.appends && (before.open || before.values.len() != 1);
        for element in elements {
            let alternatives = level.expand(element);
            let [fields] = alternatives.as_slice() else {
                open = true;
                continue;
            };
            for field in fields {
                match &field.text {
                    Some(text) if !field.globbed && !text.starts_with('[') => words.push(text.clone()),
                    _ => open = true,
                }
            }
        }
        let origin = Some(link(&name, &words.join(" "), &span));
        let values = if open { Vec::new() } else { vec![Value { words, array: true, origin }] };
        return Effect::Set { name, values, open, span };
    }
    let (mut values, mut open) = level.values(&assignment.value, &name);
    if assignment.appends {
        open |= before.open;
        let joined = before.values.iter().flat_map(|first| {
            let name = &name;
            let span = &span;
            values.iter().map(move |second| {
                let text = format!("{}{}", first.first(), second.first());
                let origin = link(name, &text, span);
                Value::text(text, Some(origin))
            })
        });
        values = joined.take(VARIANTS).collect();
    }
    Effect::Set { name, values, open, span }
}

/// What builtins change: `export A=b`, `read`, `printf -v`, `set --`, `alias`.
#[expect(clippy::too_many_lines, reason = "one builtin after the other")]
fn effects(level: &Level<'_>, command: &SimpleCommand) -> Vec<Effect> {
    let mut effects = Vec::new();
    let Some(invocation) = command.invocations.last() else { return effects };
    let words = invocation.words();
    let set = |name: &str, values: Vec<Value>, open: bool, span: &Range<usize>| Effect::Set {
        name: name.to_owned(),
        values,
        open,
        span: span.clone(),
    };
    match invocation.program.as_str() {
        "export" | "declare" | "typeset" | "local" | "readonly" | "alias" => {
            // `declare -n p=q` makes another name for `q`, so that the value of `p` is whatever that has later.
            let mut texts = words.iter().filter_map(|word| word.text.as_deref());
            let reference = matches!(invocation.program.as_str(), "declare" | "typeset" | "local")
                && texts.any(|text| text.starts_with('-') && text.contains('n'));
            for word in words {
                let text = word.text.as_deref().unwrap_or(&word.prefix);
                let Some((name, value)) = text.split_once('=') else { continue };
                if invocation.program == "alias" {
                    let alias = Word { text: Some(value.to_owned()), ..word.clone() };
                    effects.push(Effect::Alias(name.to_owned(), alias));
                } else if word.text.is_some() {
                    let origin = link(name, value, &word.span);
                    effects.push(set(name, vec![Value::text(value, Some(origin))], reference, &word.span));
                } else {
                    effects.push(set(name, Vec::new(), true, &word.span));
                    // `export ROOT=$PWD`
                    if value.is_empty()
                        && command.scope == 0
                        && command.function.is_none()
                        && let Some([_, parts @ ..]) = word.parts.as_deref()
                        && let Some(rest) = level.start(parts)
                    {
                        effects.push(Effect::Start(name.to_owned(), rest));
                    }
                }
            }
        }
        "hash" => {
            // `hash -p PATH NAME`
            if let [option, path, name] = words
                && option.text.as_deref() == Some("-p")
                && let Some(name) = name.constant()
            {
                effects.push(Effect::Alias(name.to_owned(), path.clone()));
            }
        }
        "read" => {
            let arguments = invocation.arguments();
            let names: Vec<&Word> =
                arguments.operands.iter().copied().filter(|word| word.constant().is_some()).collect();
            let line =
                level.input(command).map(|text| text.as_str().lines().next().unwrap_or_default().to_owned());
            let mut rest = line.as_deref();
            for (index, word) in names.iter().enumerate() {
                let name = word.text.as_deref().unwrap_or_default();
                let Some(given) = rest.filter(|_| command.input.is_none() || !command.pipeline.fed) else {
                    effects.push(set(name, Vec::new(), true, &word.span));
                    continue;
                };
                let given = given.trim();
                let (value, after) = if index + 1 == names.len() {
                    (given, "")
                } else {
                    given.split_once([' ', '\t']).unwrap_or((given, ""))
                };
                rest = Some(after);
                let origin = link(name, value, &word.span);
                effects.push(set(name, vec![Value::text(value, Some(origin))], false, &word.span));
            }
        }
        "mapfile" | "readarray" => {
            let arguments = invocation.arguments();
            if let Some(name) = arguments.operands.first().and_then(|word| word.text.as_deref()) {
                let words: Option<Vec<String>> =
                    level.input(command).map(|text| text.as_str().lines().map(str::to_owned).collect());
                let open = words.is_none();
                let values = words.map(|words| Value { words, array: true, origin: None });
                effects.push(set(name, values.into_iter().collect(), open, &invocation.span));
            }
        }
        "printf" if words.first().is_some_and(|word| word.text.as_deref() == Some("-v")) => {
            if let [_, name, rest @ ..] = words
                && let Some(name) = name.constant()
            {
                let text = level.formatted(rest);
                let open = text.is_none();
                let values = text.map(|text| {
                    Value::text(text.as_str(), Some(link(name, text.as_str(), &invocation.span)))
                });
                effects.push(set(name, values.into_iter().collect(), open, &invocation.span));
            }
        }
        "set" => {
            let start = words.iter().position(|word| {
                !word.text.as_deref().is_some_and(|text| text != "--" && text.starts_with(['-', '+']))
            });
            if let Some(start) = start {
                let dashes = words[start].text.as_deref() == Some("--");
                let given = words[start + usize::from(dashes)..].iter().cloned();
                let whole: Arc<[Word]> = std::iter::once(invocation.word().clone()).chain(given).collect();
                effects.push(Effect::Positional(Some(whole)));
            }
        }
        "shift" => {
            let shifted = level.environment.positional.as_ref().map(|words| {
                words.iter().take(1).chain(words.iter().skip(2)).cloned().collect::<Arc<[Word]>>()
            });
            effects.push(Effect::Positional(shifted.filter(|_| words.is_empty())));
        }
        _ => {}
    }
    effects
}

/// Whether the text of a function depends on its arguments.
fn positional_in(body: &str) -> bool {
    body.match_indices('$').any(|(at, _)| {
        let rest = body[at + 1..].trim_start_matches(['{', '!']);
        rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '@' | '*'))
    })
}

/// Under which name the contents of a file are remembered.
pub(super) fn file(target: &Text) -> String {
    base_name(target.as_str()).to_owned()
}

pub(super) fn base_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}
