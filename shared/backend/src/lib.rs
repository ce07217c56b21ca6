//! One call out: the client, its layers in order, and the transport behind them.
