//! Which requests are recorded as spans. It is decided here, before any span exists, so that a request that is not
//! recorded costs nothing. The tracer behind must record all it is given (its own sampler is `always_on`).

use trefoil_context::TraceContext;

/// Head sampling, with the meanings of OpenTelemetry's `OTEL_TRACES_SAMPLER`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    root: Root,
    parent_based: bool,
}

/// A sampler's name or argument that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown sampler `{0}`: always_on, always_off or traceidratio with a ratio from 0 to 1, or parentbased_ and one of these"
)]
pub struct UnknownSampler(pub String);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Root {
    On,
    Off,
    Ratio(f64),
}

impl Default for Sampling {
    /// `parentbased_always_on`, OpenTelemetry's default.
    fn default() -> Sampling {
        Sampling::always_on().parent_based()
    }
}

impl Sampling {
    /// Every request.
    pub const fn always_on() -> Sampling {
        Sampling { root: Root::On, parent_based: false }
    }

    /// No request.
    pub const fn always_off() -> Sampling {
        Sampling { root: Root::Off, parent_based: false }
    }

    /// This share of traces, 0 to 1 (what lies outside is clamped), decided by the trace id: every service that uses the
    /// same ratio picks the same traces.
    pub const fn ratio(ratio: f64) -> Sampling {
        Sampling { root: Root::Ratio(ratio.clamp(0.0, 1.0)), parent_based: false }
    }

    /// As the client's `traceparent` says, if there is one; else as before. A client can then ask to be recorded.
    #[must_use]
    pub const fn parent_based(self) -> Sampling {
        Sampling { parent_based: true, ..self }
    }

    /// Reads the values of `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`. A missing argument is a ratio of 1.
    pub fn parse(name: &str, argument: Option<&str>) -> Result<Sampling, UnknownSampler> {
        let (root, parent_based) = match name.strip_prefix("parentbased_") {
            Some(root) => (root, true),
            None => (name, false),
        };
        let sampling = match root {
            "always_on" => Sampling::always_on(),
            "always_off" => Sampling::always_off(),
            "traceidratio" => match argument.map(str::parse::<f64>) {
                None => Sampling::always_on(),
                Some(Ok(ratio)) if (0.0..=1.0).contains(&ratio) => Sampling::ratio(ratio),
                Some(_) => return Err(UnknownSampler(format!("{name}={}", argument.unwrap_or_default()))),
            },
            _ => return Err(UnknownSampler(name.to_owned())),
        };
        Ok(if parent_based { sampling.parent_based() } else { sampling })
    }

    /// Whether a request is recorded: `remote` is what the client sent, `trace_id` the id it will have.
    pub(crate) fn records(&self, remote: Option<TraceContext>, trace_id: u128) -> bool {
        match (remote, self.root) {
            (Some(remote), _) if self.parent_based => remote.sampled,
            (_, Root::On) => true,
            (_, Root::Off) => false,
            // As OpenTelemetry's SDKs: the low 63 bits of the id, against that share of 2^63.
            (_, Root::Ratio(ratio)) => ((trace_id as u64) >> 1) < (ratio * (1u64 << 63) as f64) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_decides_if_it_is_asked() {
        let sampled = TraceContext { sampled: true, ..TraceContext::random() };
        let not = TraceContext { sampled: false, ..sampled };
        let parent_based = Sampling::parse("parentbased_always_off", None).unwrap();
        assert!(parent_based.records(Some(sampled), 1) && !parent_based.records(Some(not), 1));
        assert!(!parent_based.records(None, 1));
        assert!(!Sampling::always_off().records(Some(sampled), 1));
    }

    #[test]
    fn a_ratio_picks_about_that_share() {
        let sampling = Sampling::parse("traceidratio", Some("0.25")).unwrap();
        let picked = (0..10_000).filter(|_| sampling.records(None, TraceContext::random().trace_id)).count();
        assert!((2_200..2_800).contains(&picked), "{picked}");
        assert_eq!(
            (0..1_000).filter(|_| Sampling::ratio(0.0).records(None, TraceContext::random().trace_id)).count(),
            0
        );
        assert!(Sampling::ratio(1.0).records(None, u128::MAX));
    }

    #[test]
    fn what_is_no_sampler_is_refused() {
        assert!(Sampling::parse("sometimes", None).is_err());
        assert!(Sampling::parse("traceidratio", Some("2")).is_err());
        assert!(Sampling::parse("traceidratio", Some("NaN")).is_err());
    }
}
