//! A small mail server on loopback, as rude as a test wants it (RFC 5321).

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A mail that was handed in.
#[derive(Clone, Debug)]
pub struct Taken {
    pub to: String,
    pub bytes: Vec<u8>,
}

#[derive(Default)]
struct State {
    taken: Vec<Taken>,
    /// Answers to the next `RCPT TO` of an address.
    answers: BTreeMap<String, VecDeque<&'static str>>,
    said: Vec<String>,
}

/// The server.
#[derive(Clone)]
pub struct PostOffice {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl PostOffice {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let office = Self { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let serving = office.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let office = serving.clone();
                tokio::spawn(async move { office.serve(stream).await });
            }
        });
        office
    }

    /// The next mails to this address are answered so; afterwards they are taken.
    pub fn answer(&self, address: &str, answers: &[&'static str]) {
        let mut state = self.state.lock().unwrap();
        state.answers.insert(address.to_owned(), answers.iter().copied().collect());
    }

    /// What was handed in since the last time.
    pub fn empty(&self) -> Vec<Taken> {
        std::mem::take(&mut self.state.lock().unwrap().taken)
    }

    /// Every line that a client said.
    pub fn said(&self) -> Vec<String> {
        self.state.lock().unwrap().said.clone()
    }

    async fn serve(&self, stream: TcpStream) {
        let mut line = String::new();
        let mut stream = BufReader::new(stream);
        let mut to = String::new();
        say(&mut stream, "220 mx.example ready").await;
        while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
            let command = std::mem::take(&mut line).trim().to_owned();
            self.state.lock().unwrap().said.push(command.clone());
            let upper = command.to_ascii_uppercase();
            if upper.starts_with("EHLO") {
                say(
                    &mut stream,
                    "250-mx.example\r\n250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n250 SMTPUTF8",
                )
                .await;
            } else if upper.starts_with("RCPT") {
                to = command.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let answer = self.rcpt(&to);
                say(&mut stream, answer).await;
            } else if upper == "DATA" {
                say(&mut stream, "354 go on").await;
                let bytes = data(&mut stream).await;
                self.state.lock().unwrap().taken.push(Taken { to: to.clone(), bytes });
                say(&mut stream, "250 taken").await;
            } else if upper == "QUIT" {
                say(&mut stream, "221 bye").await;
                return;
            } else if upper.starts_with("AUTH") {
                say(&mut stream, "235 welcome").await;
            } else {
                say(&mut stream, "250 ok").await;
            }
        }
    }

    fn rcpt(&self, to: &str) -> &'static str {
        let mut state = self.state.lock().unwrap();
        state.answers.get_mut(to).and_then(VecDeque::pop_front).unwrap_or("250 ok")
    }
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) {
    let _ = stream.write_all(format!("{text}\r\n").as_bytes()).await;
}

async fn data(stream: &mut BufReader<TcpStream>) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 || line == b".\r\n" {
            return bytes;
        }
        bytes
            .extend(line.strip_prefix(b".").filter(|rest| rest.starts_with(b".")).unwrap_or(&line));
    }
}

impl Taken {
    fn parsed(&self) -> mail_parser::Message<'_> {
        mail_parser::MessageParser::default().parse(&self.bytes).unwrap()
    }

    pub fn subject(&self) -> String {
        self.parsed().subject().unwrap().to_owned()
    }

    pub fn message_id(&self) -> String {
        self.parsed().message_id().unwrap().to_owned()
    }

    pub fn text(&self) -> String {
        self.parsed().body_text(0).unwrap().into_owned()
    }

    pub fn file(&self) -> String {
        use mail_parser::MimeHeaders;
        let message = self.parsed();
        let part = message.attachment(0).unwrap();
        assert!(part.attachment_name().unwrap().ends_with(".csv"));
        String::from_utf8(part.contents().to_vec()).unwrap()
    }

    /// The path of the reply link.
    pub fn link(&self) -> String {
        super::link_in(&self.text())
    }

    /// What another server would send back about it.
    pub fn returned(&self) -> Vec<u8> {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: canh@canh.example\r\n\
             Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"DSN\"\r\n\r\n\
             --DSN\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --DSN\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.2.2\r\n\
             Diagnostic-Code: smtp; 552 mailbox full\r\n\r\n\
             --DSN\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{}>\r\n\r\n.\r\n--DSN--\r\n",
            self.to,
            self.message_id()
        )
        .into_bytes()
    }
}
