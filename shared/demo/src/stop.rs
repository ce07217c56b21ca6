//! What ends the demo, listened for from the first moment: a demo that is stopped while it starts cleans up too. Ctrl-C,
//! SIGTERM, or its terminal closed, since what it leaves behind has keys in it.

use std::io;

use trefoil::server::{HangUp, Signals};

pub(crate) struct Stop(Signals);

impl Stop {
    pub(crate) fn listen() -> io::Result<Self> {
        Signals::listen(HangUp::Ends).map(Self)
    }

    /// Waits for the next signal, including one that came since the last wait.
    pub(crate) async fn asked(&mut self) {
        self.0.next().await;
    }
}
