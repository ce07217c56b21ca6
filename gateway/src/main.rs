//! The gateway: which BFFs it has. All else is in `shared/`.

use std::process::ExitCode;

use trefoil::server::App;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let app = App::new().bff(bff_web::bff()).bff(bff_mobile::bff()).bff(bff_partner::bff());
    #[cfg(feature = "demo")]
    let app = app.extra(trefoil_demo::command(include_str!("../gateway.yaml")));
    app.main()
}
