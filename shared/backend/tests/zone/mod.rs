//! A name server of one zone, on loopback, whose answers change.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// A name server.
pub(crate) struct Zone {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    records: Mutex<HashMap<Name, Records>>,
    asked: AtomicUsize,
}

/// What it says of a name.
#[derive(Clone)]
pub(crate) enum Records {
    /// These, each with its time to live in seconds.
    Are(u32, Vec<RData>),
    /// That there is no such name.
    Nothing,
    /// That it cannot say.
    ServerFailure,
}

impl Records {
    pub(crate) fn a(ttl: u32, ips: &[IpAddr]) -> Records {
        let data = |ip: &IpAddr| match ip {
            IpAddr::V4(ip) => RData::A(A(*ip)),
            IpAddr::V6(ip) => panic!("{ip}"),
        };
        Records::Are(ttl, ips.iter().map(data).collect())
    }

    /// Priority, weight and port of each.
    pub(crate) fn srv(ttl: u32, target: &str, services: &[(u16, u16, u16)]) -> Records {
        let target = Name::from_str(target).unwrap();
        let data =
            |&(priority, weight, port): &(u16, u16, u16)| RData::SRV(SRV::new(priority, weight, port, target.clone()));
        Records::Are(ttl, services.iter().map(data).collect())
    }
}

impl Records {
    /// These, and those of the other, for as long as these.
    pub(crate) fn and(self, other: Records) -> Records {
        match (self, other) {
            (Records::Are(ttl, these), Records::Are(_, those)) => Records::Are(ttl, [these, those].concat()),
            (other, _) => other,
        }
    }
}

impl Zone {
    pub(crate) async fn start() -> Zone {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let state = Arc::new(State::default());
        let answering = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut buffer = [0; 1500];
            loop {
                let (read, from) = socket.recv_from(&mut buffer).await.unwrap();
                let question = Message::from_vec(&buffer[..read]).unwrap();
                socket.send_to(&answering.answer(&question).to_vec().unwrap(), from).await.unwrap();
            }
        });
        Zone { address, state, task }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn set(&self, name: &str, records: Records) {
        self.state.records.lock().unwrap().insert(Name::from_str(name).unwrap(), records);
    }

    /// How many questions came.
    pub(crate) fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }
}

impl State {
    fn answer(&self, question: &Message) -> Message {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let query = question.queries[0].clone();
        let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
        answer.metadata.message_type = MessageType::Response;
        answer.metadata.authoritative = true;
        answer.add_query(query.clone());
        let records = self.records.lock().unwrap().get(&query.name().to_lowercase()).cloned();
        match records {
            Some(Records::Are(ttl, data)) => {
                let fits =
                    |data: &RData| data.record_type() == query.query_type() || query.query_type() == RecordType::ANY;
                for data in data.into_iter().filter(|data| fits(data)) {
                    answer.add_answer(Record::from_rdata(query.name().clone(), ttl, data));
                }
            }
            Some(Records::Nothing) | None => answer.metadata.response_code = ResponseCode::NXDomain,
            Some(Records::ServerFailure) => answer.metadata.response_code = ResponseCode::ServFail,
        }
        answer
    }
}

impl Drop for Zone {
    fn drop(&mut self) {
        self.task.abort();
    }
}
