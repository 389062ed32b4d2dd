//! The commands, a file a noun. Each is a struct of arguments and the few lines that run it through the door.
//! [`operations`] holds which operation is reached by which command.

mod acting;
mod agent;
mod audit;
mod clusters;
mod complete;
mod completion;
mod config;
mod containers;
mod create;
mod doctor;
mod each;
pub(crate) mod environment;
mod events;
mod exec;
mod explain;
#[cfg(test)]
mod faces;
mod files;
mod images;
mod inspect;
mod invite;
mod limits;
mod logs;
mod networks;
mod nodes;
mod operations;
mod pick;
mod placing;
mod plans;
mod session;
mod source;
mod stats;
mod status;
mod terminal;
mod top;
mod volumes;

use clap::Subcommand;
pub(crate) use complete::with_names;
pub(crate) use completion::VARIABLE as COMPLETE;
use haven_core::Haven;
pub(crate) use status::VERSION;
use tokio::sync::OnceCell;

use crate::{connection::ServerArgs, failure::Result, serve, show::Show};

/// What a command works with.
pub(crate) struct Context {
    pub(crate) server: ServerArgs,
    pub(crate) show: Show,
    haven: OnceCell<Haven>,
}

impl Context {
    pub(crate) fn new(server: ServerArgs, show: Show) -> Self {
        Self { server, show, haven: OnceCell::new() }
    }

    /// The fleet, opened when it is first asked for.
    pub(crate) async fn haven(&self) -> Result<&Haven> {
        self.haven.get_or_try_init(|| self.server.open(self.show)).await
    }

    /// Waits until what was asked of a fleet in this process is written.
    pub(crate) async fn close(&self) {
        if let Some(haven) = self.haven.get() {
            haven.close().await;
        }
    }
}

/// All commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a Haven server
    Serve(serve::Serve),
    /// Run on a node: report to a Haven server what the machine uses
    Agent(agent::Agent),
    /// Show the configuration of a server
    #[command(subcommand)]
    Config(config::Config),
    /// Sign in to a server and keep the token
    Login(session::Login),
    /// Sign out of a server and forget the token
    Logout(session::Logout),
    /// Change a user's password
    Passwd(session::Passwd),
    /// Say who is signed in
    Whoami,

    /// List containers of the whole fleet
    Ps(containers::Ps),
    /// Show everything about containers
    Inspect(inspect::Inspect),
    /// Show the environment of a container in the clear, a line each; it is recorded in the audit
    #[command(alias = "env")]
    Environment(inspect::Environment),
    /// Show what configures a container, and where that stands
    Explain(explain::Explain),
    /// Show what a container wrote
    Logs(logs::Logs),
    /// Create a container and start it
    Run(create::Run),
    /// Create a container without starting it
    Create(create::Create),
    /// Start containers
    Start(acting::Start),
    /// Stop containers
    Stop(acting::Stop),
    /// Restart containers
    Restart(acting::Restart),
    /// Send a signal to the program of containers
    Kill(acting::Kill),
    /// Hold the program of containers
    Pause(acting::Pause),
    /// Let the program of containers go on
    Unpause(acting::Unpause),
    /// Remove containers
    Rm(acting::Rm),
    /// Give a container another name
    Rename(acting::Rename),
    /// Change limits and restart policy of containers
    Limits(limits::Limits),
    /// Run a program in a container
    Exec(exec::Exec),
    /// Connect to the main program of a container
    Attach(exec::Attach),
    /// Copy files between a container and here
    Cp(files::Cp),
    /// Show which files of a container are not as its image has them
    Diff(files::Diff),
    /// Write all files of a container as a tar archive
    Export(files::Export),
    /// Wait until containers have ended, and print their exit codes
    Wait(containers::Wait),
    /// Show what runs in a container
    Processes(containers::Processes),
    /// Show what containers use, as it changes
    Stats(stats::Stats),
    /// Show what uses most
    Top(top::Top),

    /// Give containers another image, or other settings
    Update(plans::Short<plans::Update>),
    /// Have more or fewer containers of the same
    Scale(plans::Short<plans::Scale>),
    /// Create containers, each on the node that suits it best
    Deploy(Box<plans::Short<plans::Create>>),
    /// Make containers again as they are
    Recreate(plans::Short<plans::Recreate>),
    /// Give a container other labels: it is made again with them
    Relabel(plans::Short<plans::Relabel>),
    /// Move away from a node what Haven placed there, and place nothing new there
    Drain(plans::Short<plans::Drain>),
    /// Remove containers that do not run; their volumes stay
    Prune(plans::Short<plans::Prune>),
    /// Plan what shall happen to many containers, and look at it before any of it happens
    #[command(alias = "plans")]
    Plan(plans::Plans),
    /// Apply a plan, and show how it goes
    Apply(plans::Apply),
    /// Take back what a plan did that has ended
    Rollback(plans::Short<plans::Rollback>),

    /// Manage nodes: the machines of the fleet
    #[command(alias = "node")]
    Nodes(nodes::Nodes),
    /// Manage clusters: machines seen and driven as one
    #[command(alias = "cluster")]
    Clusters(clusters::Clusters),
    /// Manage images
    #[command(alias = "image")]
    Images(images::Images),
    /// Manage networks
    #[command(alias = "network")]
    Networks(networks::Networks),
    /// Manage volumes
    #[command(alias = "volume")]
    Volumes(volumes::Volumes),
    /// Manage the repository that containers are configured from
    Source(source::Source),
    /// Show what happened in the fleet
    Events(events::Events),
    /// Show who did what
    Audit(audit::Audit),

    /// Show the server's version, store and the size of the fleet
    Status,
    /// Check what can be checked, and gather a support bundle without secrets
    Doctor(doctor::Doctor),
    /// List the operations of the API
    Operations,
    /// Print the completion script of a shell
    Completion(completion::Completion),
    /// Print the version
    Version,
    /// Print the help of a command, or of the topic `exit-codes`
    Help {
        /// The command, or the topic
        command: Vec<String>,
    },
}

impl Command {
    /// Runs the command.
    pub(crate) async fn run(self, context: &Context) -> Result {
        match self {
            Self::Serve(command) => command.run(context).await,
            Self::Agent(command) => command.run(context).await,
            Self::Config(command) => command.run(context),
            Self::Login(command) => command.run(context).await,
            Self::Logout(command) => command.run(context).await,
            Self::Passwd(command) => command.run(context).await,
            Self::Whoami => session::whoami(context).await,
            Self::Ps(command) => command.run(context).await,
            Self::Inspect(command) => command.run(context).await,
            Self::Environment(command) => command.run(context).await,
            Self::Explain(command) => command.run(context).await,
            Self::Logs(command) => command.run(context).await,
            Self::Run(command) => Box::pin(command.run(context)).await,
            Self::Create(command) => Box::pin(command.run(context)).await,
            Self::Start(command) => command.run(context).await,
            Self::Stop(command) => command.run(context).await,
            Self::Restart(command) => command.run(context).await,
            Self::Kill(command) => command.run(context).await,
            Self::Pause(command) => command.run(context).await,
            Self::Unpause(command) => command.run(context).await,
            Self::Rm(command) => command.run(context).await,
            Self::Rename(command) => command.run(context).await,
            Self::Limits(command) => command.run(context).await,
            Self::Cp(command) => command.run(context).await,
            Self::Diff(command) => command.run(context).await,
            Self::Export(command) => command.run(context).await,
            Self::Exec(command) => command.run(context).await,
            Self::Attach(command) => command.run(context).await,
            Self::Wait(command) => command.run(context).await,
            Self::Processes(command) => command.run(context).await,
            Self::Stats(command) => command.run(context).await,
            Self::Top(command) => command.run(context).await,
            Self::Update(command) => command.run(context).await,
            Self::Scale(command) => command.run(context).await,
            Self::Deploy(command) => Box::pin(command.run(context)).await,
            Self::Recreate(command) => command.run(context).await,
            Self::Relabel(command) => command.run(context).await,
            Self::Drain(command) => command.run(context).await,
            Self::Prune(command) => command.run(context).await,
            Self::Plan(command) => Box::pin(command.run(context)).await,
            Self::Apply(command) => command.run(context).await,
            Self::Rollback(command) => command.run(context).await,
            Self::Nodes(command) => command.run(context).await,
            Self::Clusters(command) => command.run(context).await,
            Self::Images(command) => command.run(context).await,
            Self::Networks(command) => command.run(context).await,
            Self::Volumes(command) => command.run(context).await,
            Self::Source(command) => command.run(context).await,
            Self::Events(command) => command.run(context).await,
            Self::Audit(command) => command.run(context).await,
            Self::Status => status::run(context).await,
            Self::Doctor(command) => command.run(context).await,
            Self::Operations => operations::run(context),
            Self::Completion(command) => command.run(context),
            Self::Version => status::version(context),
            Self::Help { command } => context.show.text(&crate::cli::help(&command)?),
        }
    }
}
