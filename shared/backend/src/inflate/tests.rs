//! What is decoded, what is refused, and that no limit is passed by more than a step.

use std::pin::Pin;
use std::task::{Context, Poll};

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::Stream;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

const LIMIT: usize = 4 << 20;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// What does not compress.
fn noise(size: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    std::iter::repeat_with(|| random.u8(..)).take(size).collect()
}

fn decode(coded: &[u8], limit: usize, max_ratio: u32) -> Result<Bytes, CallFailure> {
    let mut inflate = Inflate::new(limit, max_ratio);
    let mut left = coded;
    while !left.is_empty() {
        left = inflate.step(left)?;
    }
    inflate.finish()
}

fn is_malformed(result: &Result<Bytes, CallFailure>) -> bool {
    matches!(result, Err(CallFailure::Transport(TransportError::Malformed(_))))
}

fn head(status: u16, headers: &[(&str, &str)]) -> response::Parts {
    let (mut head, ()) = http::Response::new(()).into_parts();
    head.status = StatusCode::from_u16(status).unwrap();
    head.headers = headers
        .iter()
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect::<HeaderMap>();
    head
}

proptest! {
    #[test]
    fn what_was_compressed_comes_back_in_whatever_pieces_and_members_it_comes(
        members in prop::collection::vec(prop::collection::vec(prop_oneof![Just(b'a'), any::<u8>()], 0..3_000), 1..4),
        sizes in prop::collection::vec(1_usize..700, 1..20),
    ) {
        let coded: Vec<u8> = members.iter().flat_map(|plain| gzip(plain)).collect();
        let mut inflate = Inflate::new(LIMIT, 1032);
        let (mut rest, mut sizes) = (&coded[..], sizes.into_iter().cycle());
        while !rest.is_empty() {
            let (mut piece, after) = rest.split_at(sizes.next().unwrap_or(1).min(rest.len()));
            rest = after;
            while !piece.is_empty() {
                piece = inflate.step(piece).unwrap();
            }
        }
        prop_assert_eq!(inflate.finish().unwrap(), members.concat());
    }

    #[test]
    fn nothing_that_is_cut_off_is_taken_for_whole(plain in prop::collection::vec(any::<u8>(), 0..2_000), at in any::<prop::sample::Index>()) {
        let coded = gzip(&plain);
        let cut = 1 + at.index(coded.len() - 1);
        prop_assert!(is_malformed(&decode(&coded[..cut], LIMIT, 1032)));
    }

    #[test]
    fn no_bytes_whatever_are_more_than_an_error(coded in prop::collection::vec(any::<u8>(), 1..2_000)) {
        prop_assert!(decode(&coded, LIMIT, 100).is_err());
        let after = [&gzip(b"whole")[..], &coded].concat();
        prop_assert!(decode(&after, LIMIT, 100).is_err());
    }
}

#[test]
fn a_changed_byte_of_what_is_checked_is_an_error() {
    let coded = gzip(b"{\"a\":1}");
    for at in coded.len() - 8..coded.len() {
        let mut changed = coded.clone();
        changed[at] ^= 1;
        assert!(is_malformed(&decode(&changed, LIMIT, 100)), "byte {at}");
    }
}

#[test]
fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
    let plain = b"0123456789abcdef".repeat(64);
    let coded = gzip(&plain);
    assert_eq!(decode(&coded, plain.len(), 100).unwrap(), plain);
    let limit = plain.len() - 1;
    assert_eq!(decode(&coded, limit, 100), Err(CallFailure::TooLarge { limit }));
}

#[test]
fn what_comes_is_no_larger_than_the_limit_either() {
    // A name of the file, which decodes to nothing.
    let mut coded = vec![0x1f, 0x8b, 8, 0x08, 0, 0, 0, 0, 0, 255];
    coded.extend([b'x'; 2_000]);
    assert_eq!(decode(&coded, 1_000, 100), Err(CallFailure::TooLarge { limit: 1_000 }));
}

#[test]
fn a_short_answer_may_be_as_dense_as_it_likes_and_a_longer_one_not() {
    let floor = vec![b' '; FLOOR as usize];
    assert_eq!(decode(&gzip(&floor), LIMIT, 1).unwrap(), floor);
    let longer = vec![b' '; FLOOR as usize + 1];
    assert_eq!(decode(&gzip(&longer), LIMIT, 1), Err(CallFailure::TooDense { max_ratio: 1 }));
    assert_eq!(decode(&gzip(&longer), LIMIT, 1032).unwrap(), longer);
}

#[test]
fn a_bomb_ends_when_it_is_seen_to_be_one() {
    let coded = gzip(&vec![0; 64 << 20]);
    let mut inflate = Inflate::new(usize::MAX, 100);
    let (mut left, mut most) = (&coded[..], 0);
    let failure = loop {
        match inflate.step(left) {
            Ok(rest) => left = rest,
            Err(failure) => break failure,
        }
        most = most.max(inflate.member.get_ref().bytes.len());
    };
    assert_eq!(failure, CallFailure::TooDense { max_ratio: 100 });
    let came = coded.len() - left.len();
    assert!(most as u64 <= (came as u64 * 100).max(FLOOR), "{most} bytes of {came}");
    assert!(most < 1 << 20, "{most} bytes were decoded");
}

#[test]
fn a_step_decodes_no_more_than_the_turn_counts_on() {
    let coded = gzip(&vec![0; 8 << 20]);
    let mut inflate = Inflate::new(usize::MAX, 1032);
    let (mut left, mut had) = (&coded[..], 0);
    while !left.is_empty() {
        left = inflate.step(left).unwrap();
        let has = inflate.member.get_ref().bytes.len();
        assert!(has - had <= 32 << 10, "{} bytes in a step", has - had);
        had = has;
    }
    assert_eq!(inflate.finish().unwrap().len(), 8 << 20);
}

#[test]
fn members_are_joined_up_to_a_number() {
    let one = gzip(b"a");
    let most = one.repeat(MOST_MEMBERS as usize);
    assert_eq!(decode(&most, LIMIT, 100).unwrap(), vec![b'a'; MOST_MEMBERS as usize]);
    assert!(is_malformed(&decode(&[most, one].concat(), LIMIT, 100)));
}

#[test]
fn what_follows_a_whole_body_is_refused() {
    let coded = gzip(b"{}");
    for rest in [&b"\0"[..], b"{}", &coded[..1], &coded[..coded.len() - 1]] {
        assert!(is_malformed(&decode(&[&coded, rest].concat(), LIMIT, 100)), "{rest:?}");
    }
}

#[test]
fn only_gzip_alone_is_taken_off_and_its_length_with_it() {
    for codings in [&["gzip"][..], &["GZip"], &["x-gzip"], &["identity, gzip"], &["gzip,"], &["identity", "gzip"]] {
        let headers: Vec<_> = codings.iter().map(|coding| ("content-encoding", *coding)).collect();
        let mut head = head(200, &[&headers[..], &[("content-length", "9"), ("etag", "\"1\"")]].concat());
        assert!(takes_off(&mut head), "{codings:?}");
        assert_eq!(head.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["etag"]);
    }
    for codings in [&[][..], &["identity"], &["br"], &["gzip, gzip"], &["gzip", "gzip"], &["gzip, br"], &["gzipped"]] {
        let headers: Vec<_> = codings.iter().map(|coding| ("content-encoding", *coding)).collect();
        let mut head = head(200, &headers);
        assert!(!takes_off(&mut head), "{codings:?}");
        assert_eq!(head.headers.get_all("content-encoding").iter().count(), codings.len());
    }
    assert!(!takes_off(&mut head(206, &[("content-encoding", "gzip")])));
}

/// The same piece again and again, always ready, without a word to the runtime.
struct Endless(Bytes);

impl Stream for Endless {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(Ok(self.0.clone())))
    }
}

#[tokio::test]
async fn others_have_their_turn_while_a_body_is_decoded() {
    // Stored: it decodes to what it is, so that no ratio ends it.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(&noise(2 << 20)).unwrap();
    let body = Body::Stream(Box::pin(Endless(encoder.finish().unwrap().into())));
    let decoding = tokio::spawn(inflated(body, 16 << 20, 100));
    let mut turns = 0;
    while !decoding.is_finished() {
        yield_now().await;
        turns += 1;
    }
    assert_eq!(decoding.await.unwrap(), Err(CallFailure::TooLarge { limit: 16 << 20 }));
    // A turn for each half of a MiB.
    assert!(turns >= 30, "{turns} turns");
}

#[tokio::test]
async fn no_body_is_none() {
    for body in [Body::Empty, Body::Stream(Box::pin(futures_util::stream::empty()))] {
        assert_eq!(inflated(body, LIMIT, 100).await, Ok(Bytes::new()));
    }
}
