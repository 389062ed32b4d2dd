//! The grammar of the built-in shell: text to a tree, or a clear complaint.
//!
//! Scripts are bounded in length and in depth; whatever the text, the parser ends and does not panic.

use std::{iter::Peekable, str::Chars};

const MAX_SCRIPT: usize = 64 * 1024;
const MAX_DEPTH: usize = 32;

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Variable { name: String, quoted: bool },
}

/// A word, before its variables are put in.
pub(super) type Word = Vec<Part>;

/// Where a command reads or writes instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Redirect {
    /// `2>&1`
    Both,
    /// `>&2`
    ToStderr,
    /// `< FILE`
    Input(Word),
    /// `> FILE`, `>> FILE`, `2> FILE`
    Output { stderr: bool, append: bool, word: Word },
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Simple {
        assigns: Vec<(String, Word)>,
        words: Vec<Word>,
        redirects: Vec<Redirect>,
    },
    Group(Vec<Node>),
    Not(Box<Node>),
    /// A command, and those that run after it when it succeeded (`&&`, true) or failed (`||`).
    Chain {
        first: Box<Node>,
        rest: Vec<(bool, Node)>,
    },
    If {
        test: Vec<Node>,
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
    Loop {
        until: bool,
        test: Vec<Node>,
        body: Vec<Node>,
    },
    For {
        name: String,
        words: Vec<Word>,
        body: Vec<Node>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(Word),
    End,
    And,
    Or,
    Redirect(Redirect),
    /// `>`, `>>`, `2>`, `2>>`, `<`: the file's name follows.
    To {
        stderr: bool,
        append: bool,
        input: bool,
    },
}

/// Parses a script.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, String> {
    if text.len() > MAX_SCRIPT {
        return Err("the script is too long".into());
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let list = parser.list(&[])?;
    match parser.peek() {
        None => Ok(list),
        Some(_) => Err("unexpected word".into()),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.peek().copied() {
        match c {
            ' ' | '\t' | '\r' => {
                chars.next();
            }
            '#' => while chars.next_if(|c| *c != '\n').is_some() {},
            ';' | '\n' => {
                chars.next();
                tokens.push(Token::End);
            }
            '&' | '|' => {
                chars.next();
                if chars.next_if_eq(&c).is_none() {
                    return Err(format!("`{c}` is not supported"));
                }
                tokens.push(if c == '&' { Token::And } else { Token::Or });
            }
            '(' | ')' => return Err(format!("`{c}` is not supported")),
            '<' => {
                chars.next();
                tokens.push(Token::To { stderr: false, append: false, input: true });
            }
            '>' => tokens.push(output(&mut chars, false)?),
            _ => {
                let word = word(&mut chars)?;
                if chars.peek() == Some(&'>') && word == [Part::Text("2".into())] {
                    tokens.push(output(&mut chars, true)?);
                } else if chars.peek() == Some(&'>') && word == [Part::Text("1".into())] {
                    tokens.push(output(&mut chars, false)?);
                } else {
                    tokens.push(Token::Word(word));
                }
            }
        }
    }
    Ok(tokens)
}

fn output(chars: &mut Peekable<Chars<'_>>, stderr: bool) -> Result<Token, String> {
    chars.next();
    if chars.next_if_eq(&'&').is_some() {
        return match (chars.next(), stderr) {
            (Some('1'), true) => Ok(Token::Redirect(Redirect::Both)),
            (Some('2'), false) => Ok(Token::Redirect(Redirect::ToStderr)),
            _ => Err("bad redirection".into()),
        };
    }
    let append = chars.next_if_eq(&'>').is_some();
    Ok(Token::To { stderr, append, input: false })
}

fn word(chars: &mut Peekable<Chars<'_>>) -> Result<Word, String> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut quoted_empty = false;
    while let Some(c) = chars.peek().copied() {
        match c {
            ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
            '\'' => {
                chars.next();
                quoted_empty = true;
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(c) => text.push(c),
                        None => return Err("unterminated quoted string".into()),
                    }
                }
            }
            '"' => {
                chars.next();
                quoted_empty = true;
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => match chars.next() {
                            Some(c @ ('"' | '\\' | '$')) => text.push(c),
                            Some(c) => text.extend(['\\', c]),
                            None => return Err("unterminated quoted string".into()),
                        },
                        Some('$') => variable(chars, &mut parts, &mut text, true)?,
                        Some(c) => text.push(c),
                        None => return Err("unterminated quoted string".into()),
                    }
                }
            }
            '\\' => {
                chars.next();
                text.extend(chars.next());
            }
            '`' => return Err("command substitution is not supported".into()),
            '$' => {
                chars.next();
                variable(chars, &mut parts, &mut text, false)?;
            }
            c => {
                chars.next();
                text.push(c);
            }
        }
    }
    if !text.is_empty() || (parts.is_empty() && quoted_empty) {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

fn variable(chars: &mut Peekable<Chars<'_>>, parts: &mut Word, text: &mut String, quoted: bool) -> Result<(), String> {
    let mut name = String::new();
    let braces = chars.next_if_eq(&'{').is_some();
    if chars.peek() == Some(&'(') {
        return Err("command substitution is not supported".into());
    }
    if let Some(special) = chars.next_if(|c| matches!(c, '?' | '$')) {
        name.push(special);
    } else {
        while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
            name.push(c);
        }
    }
    if braces && chars.next_if_eq(&'}').is_none() {
        return Err("bad substitution".into());
    }
    if name.is_empty() {
        text.push('$');
        return Ok(());
    }
    if !text.is_empty() {
        parts.push(Part::Text(std::mem::take(text)));
    }
    parts.push(Part::Variable { name, quoted });
    Ok(())
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn keyword(&self) -> Option<&str> {
        match self.peek()? {
            Token::Word(word) => match word.as_slice() {
                [Part::Text(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    fn expect(&mut self, keyword: &str) -> Result<(), String> {
        if self.keyword() == Some(keyword) {
            self.at += 1;
            return Ok(());
        }
        Err(format!("`{keyword}` expected"))
    }

    /// Commands up to one of the words of `ends`, which is not taken.
    fn list(&mut self, ends: &[&str]) -> Result<Vec<Node>, String> {
        let mut list = Vec::new();
        loop {
            while self.peek() == Some(&Token::End) {
                self.at += 1;
            }
            if self.peek().is_none() || self.keyword().is_some_and(|word| ends.contains(&word)) {
                return Ok(list);
            }
            list.push(self.and_or()?);
            match self.peek() {
                None | Some(Token::End) => {}
                Some(_) => return Err("unexpected word".into()),
            }
        }
    }

    fn and_or(&mut self) -> Result<Node, String> {
        let first = self.command()?;
        let mut rest = Vec::new();
        loop {
            let and = match self.peek() {
                Some(Token::And) => true,
                Some(Token::Or) => false,
                _ if rest.is_empty() => return Ok(first),
                _ => return Ok(Node::Chain { first: Box::new(first), rest }),
            };
            self.at += 1;
            rest.push((and, self.command()?));
        }
    }

    /// A list that is not empty.
    fn commands(&mut self, ends: &[&str]) -> Result<Vec<Node>, String> {
        let list = self.list(ends)?;
        if list.is_empty() { Err("a command is expected".into()) } else { Ok(list) }
    }

    fn command(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("nested too deep".into());
        }
        let keyword = self.keyword().unwrap_or_default().to_owned();
        let node = match keyword.as_str() {
            "!" => {
                self.at += 1;
                Node::Not(Box::new(self.command()?))
            }
            "{" => {
                self.at += 1;
                let list = self.commands(&["}"])?;
                self.expect("}")?;
                Node::Group(list)
            }
            "while" | "until" => {
                self.at += 1;
                let test = self.commands(&["do"])?;
                Node::Loop { until: keyword == "until", test, body: self.body()? }
            }
            "if" => {
                self.at += 1;
                let test = self.commands(&["then"])?;
                self.expect("then")?;
                let then = self.commands(&["else", "fi"])?;
                let otherwise = if self.keyword() == Some("else") {
                    self.at += 1;
                    self.commands(&["fi"])?
                } else {
                    Vec::new()
                };
                self.expect("fi")?;
                Node::If { test, then, otherwise }
            }
            "for" => {
                self.at += 1;
                let name = self.keyword().ok_or("a name is expected after `for`")?.to_owned();
                self.at += 1;
                self.expect("in")?;
                let mut words = Vec::new();
                while let Some(Token::Word(word)) = self.peek() {
                    words.push(word.clone());
                    self.at += 1;
                }
                while self.peek() == Some(&Token::End) {
                    self.at += 1;
                }
                Node::For { name, words, body: self.body()? }
            }
            _ => self.simple()?,
        };
        self.depth -= 1;
        Ok(node)
    }

    fn body(&mut self) -> Result<Vec<Node>, String> {
        self.expect("do")?;
        let body = self.commands(&["done"])?;
        self.expect("done")?;
        Ok(body)
    }

    fn simple(&mut self) -> Result<Node, String> {
        let (mut assigns, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            match self.peek().cloned() {
                Some(Token::Word(word)) => {
                    self.at += 1;
                    match words.is_empty().then(|| assignment(&word)).flatten() {
                        Some(assign) => assigns.push(assign),
                        None => words.push(word),
                    }
                }
                Some(Token::Redirect(redirect)) => {
                    self.at += 1;
                    redirects.push(redirect);
                }
                Some(Token::To { stderr, append, input }) => {
                    self.at += 1;
                    let Some(Token::Word(word)) = self.peek().cloned() else {
                        return Err("a file is expected".into());
                    };
                    self.at += 1;
                    redirects.push(if input {
                        Redirect::Input(word)
                    } else {
                        Redirect::Output { stderr, append, word }
                    });
                }
                Some(Token::End | Token::And | Token::Or) | None => break,
            }
        }
        if assigns.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err("a command is expected".into());
        }
        Ok(Node::Simple { assigns, words, redirects })
    }
}

fn assignment(word: &Word) -> Option<(String, Word)> {
    let Some(Part::Text(first)) = word.first() else { return None };
    let (name, value) = first.split_once('=')?;
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let mut rest = vec![Part::Text(value.to_owned())];
    rest.extend(word[1..].iter().cloned());
    Some((name.to_owned(), rest))
}
