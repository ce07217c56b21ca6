//! A process: config, listeners, admin, telemetry, command line.
