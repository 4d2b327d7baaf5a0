//! Which requests wait, which one is being answered, and which have had their end.

use protocol::{EndReason, Envelope, Event, Request, Stats, WorkerMessage};
use std::collections::{HashMap, VecDeque};
use text::Cancel;

/// Takes requests in, numbers their events, and sees to it that each ends exactly once.
pub struct Desk {
    waiting: VecDeque<Request>,
    running: Option<(String, Cancel)>,
    /// The next sequence number of every request that has not ended.
    open: HashMap<String, u32>,
    post: Box<dyn Fn(&WorkerMessage)>,
}

impl Desk {
    /// A desk that sends its messages through `post`.
    pub fn new(post: Box<dyn Fn(&WorkerMessage)>) -> Self {
        Self { waiting: VecDeque::new(), running: None, open: HashMap::new(), post }
    }

    /// Sends a message that belongs to no request.
    pub fn post(&self, message: &WorkerMessage) {
        (self.post)(message);
    }

    /// Queues a request and tells its place. A second one with the same id is dropped: the first has the id.
    pub fn accept(&mut self, request: Request) {
        if self.open.contains_key(&request.id) {
            return;
        }
        self.open.insert(request.id.clone(), 0);
        let ahead = self.waiting.len() + usize::from(self.running.is_some());
        self.emit(&request.id, Event::Queued { ahead: ahead as u32 });
        self.waiting.push_back(request);
    }

    /// The next request to answer, with the switch that stops it.
    pub fn begin(&mut self) -> Option<(Request, Cancel)> {
        let request = self.waiting.pop_front()?;
        let cancel = Cancel::default();
        self.running = Some((request.id.clone(), cancel.clone()));
        for (ahead, id) in self.waiting.iter().map(|r| r.id.clone()).enumerate().collect::<Vec<_>>() {
            self.emit(&id, Event::Queued { ahead: ahead as u32 + 1 });
        }
        Some((request, cancel))
    }

    /// The request that [`Desk::begin`] gave is answered.
    pub fn finish(&mut self) {
        self.running = None;
    }

    /// Sends an event of a request, unless the request has ended.
    pub fn emit(&mut self, id: &str, event: Event) {
        let Some(seq) = self.open.get_mut(id) else { return };
        let envelope = Envelope { id: id.to_owned(), seq: *seq, event };
        *seq += 1;
        if matches!(envelope.event, Event::Done { .. } | Event::Failed { .. }) {
            self.open.remove(id);
        }
        self.post(&WorkerMessage::Event(envelope));
    }

    /// Ends a request at once, whether it waits or runs; what the GPU still does for it is dropped.
    pub fn cancel(&mut self, id: &str) {
        self.waiting.retain(|r| r.id != id);
        if let Some((running, cancel)) = &self.running
            && running == id
        {
            cancel.cancel();
        }
        self.emit(id, Event::Done { reason: EndReason::Cancelled, stats: Stats::default() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{ChatRequest, Job, Preferences};
    use std::{cell::RefCell, rc::Rc};

    fn request(id: &str) -> Request {
        Request {
            id: id.into(),
            job: Job::Chat(ChatRequest {
                source: None,
                turns: Vec::new(),
                preferences: Preferences::default(),
            }),
        }
    }

    fn desk() -> (Desk, Rc<RefCell<Vec<Envelope>>>) {
        let sent = Rc::new(RefCell::new(Vec::new()));
        let log = Rc::clone(&sent);
        let post = move |message: &WorkerMessage| {
            if let WorkerMessage::Event(envelope) = message {
                log.borrow_mut().push(envelope.clone());
            }
        };
        (Desk::new(Box::new(post)), sent)
    }

    fn done() -> Event {
        Event::Done { reason: EndReason::Complete, stats: Stats::default() }
    }

    #[test]
    fn events_are_numbered_and_stop_at_the_end() {
        let (mut desk, sent) = desk();
        desk.accept(request("a"));
        let (a, _) = desk.begin().expect("one waits");
        desk.emit(&a.id, Event::Text { text: "x".into() });
        desk.emit(&a.id, done());
        desk.emit(&a.id, Event::Text { text: "late".into() });
        desk.emit("nobody", done());
        let seqs: Vec<u32> = sent.borrow().iter().map(|e| e.seq).collect();
        assert_eq!(seqs, [0, 1, 2]);
    }

    #[test]
    fn a_cancelled_request_ends_once_wherever_it_is() {
        let (mut desk, sent) = desk();
        desk.accept(request("runs"));
        desk.accept(request("waits"));
        let (_, switch) = desk.begin().expect("one waits");
        desk.cancel("waits");
        desk.cancel("runs");
        desk.cancel("runs");
        assert!(switch.is_cancelled());
        desk.emit("runs", done());
        assert!(desk.begin().is_none());
        let ends = |id: &str| {
            sent.borrow().iter().filter(|e| e.id == id && matches!(e.event, Event::Done { .. })).count()
        };
        assert_eq!((ends("runs"), ends("waits")), (1, 1));
    }

    #[test]
    fn places_in_the_queue_are_told_and_move_up() {
        let (mut desk, sent) = desk();
        desk.accept(request("a"));
        desk.accept(request("b"));
        desk.accept(request("b"));
        desk.begin();
        desk.finish();
        desk.begin();
        let places: Vec<(String, u32)> = sent
            .borrow()
            .iter()
            .filter_map(|e| match e.event {
                Event::Queued { ahead } => Some((e.id.clone(), ahead)),
                _ => None,
            })
            .collect();
        assert_eq!(places, [("a".into(), 0), ("b".into(), 1), ("b".into(), 1)]);
    }
}
