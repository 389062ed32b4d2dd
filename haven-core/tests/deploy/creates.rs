//! New containers, more of them, fewer, elsewhere, and none.

use haven_core::{
    ErrorKind, Haven,
    deploy::{CreateRequest, DrainRequest, PruneRequest, ScaleRequest, UpdateRequest},
    door::ops::plans::{PlanCreate, PlanDrain, PlanPrune, PlanScale, PlanUpdate},
    model::{
        ContainerName, Plan, PlanState, Port, Requirements, Rollout,
        plan::{Order, Selection},
        spec::Protocol,
    },
};

use super::fleet::{Fleet, Hangs, apply, is_applied, nginx, rollback, rollout};

fn create(name: Option<&str>, count: u32) -> CreateRequest {
    CreateRequest {
        cluster: None,
        node: None,
        name: name.map(|name| ContainerName::new(name).unwrap()),
        spec: nginx("latest"),
        requirements: Requirements::default(),
        unconfigured: false,
        count: Some(count),
        rollout: None,
    }
}

async fn scale(haven: &Haven, name: &str, replicas: u32) -> haven_core::Result<Plan> {
    let name = ContainerName::new(name).unwrap();
    haven.call(PlanScale(ScaleRequest { name, replicas, cluster: None, rollout: None })).await
}

async fn names(fleet: &Fleet) -> Vec<String> {
    let mut names: Vec<String> = fleet.living().await.into_keys().map(|(_, name)| name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn containers_are_spread_named_scaled_up_and_down_and_taken_back() {
    let fleet = Fleet::of(3).await;
    let haven = fleet.master(&Hangs::never()).await;
    let made = haven.call(PlanCreate(create(None, 3))).await.unwrap();
    assert_eq!(made.summary, "create nginx: 3 containers of nginx:latest on 3 nodes");
    is_applied(&apply(&haven, &made.id).await);
    assert_eq!(names(&fleet).await, ["nginx", "nginx-1", "nginx-2"]);
    let up = scale(&haven, "nginx", 5).await.unwrap();
    is_applied(&apply(&haven, &up.id).await);
    assert_eq!(names(&fleet).await, ["nginx", "nginx-1", "nginx-2", "nginx-3", "nginx-4"]);
    let down = scale(&haven, "nginx", 1).await.unwrap();
    is_applied(&apply(&haven, &down.id).await);
    assert_eq!(names(&fleet).await, ["nginx"]);
    let back = rollback(&haven, &down.id).await;
    is_applied(&apply(&haven, &back.id).await);
    assert_eq!(names(&fleet).await, ["nginx", "nginx-1", "nginx-2", "nginx-3", "nginx-4"]);
    assert!(fleet.living().await.values().all(|kin| kin.running));
    let undo = rollback(&haven, &up.id).await;
    is_applied(&apply(&haven, &undo.id).await);
    assert_eq!(names(&fleet).await, ["nginx", "nginx-1", "nginx-2"]);
}

#[tokio::test]
async fn concurrent_creates_on_two_masters_never_clash() {
    let fleet = Fleet::of(2).await;
    let (one, other) = (fleet.master(&Hangs::never()).await, fleet.master(&Hangs::never()).await);
    let plans = futures_util::future::join_all((0..10).map(|number| {
        let haven = if number % 2 == 0 { one.clone() } else { other.clone() };
        async move { haven.call(PlanCreate(create(None, 2))).await.unwrap() }
    }))
    .await;
    let mut names: Vec<String> =
        plans.iter().flat_map(|plan| plan.steps.iter().map(|step| step.name.to_string())).collect();
    names.sort();
    let given = names.len();
    names.dedup();
    assert_eq!((given, names.len()), (20, 20));
    let taken = one.call(PlanCreate(create(Some("nginx"), 1))).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
}

#[tokio::test]
async fn what_no_node_takes_is_told_with_the_reasons() {
    let fleet = Fleet::of(2).await;
    let haven = fleet.master(&Hangs::never()).await;
    let mut request = create(Some("web"), 3);
    request.spec.ports.push(Port { container: 80, host: Some(80), address: None, protocol: Protocol::Tcp });
    let made = haven.call(PlanCreate(request)).await.unwrap();
    assert_eq!((made.steps.len(), made.skipped.len()), (2, 1), "{}", made.diff());
    assert!(made.skipped[0].reason.contains("port refused 2"), "{}", made.diff());
    let mut request = create(Some("elsewhere"), 1);
    request.spec.env.insert("constraint:zone".into(), "=moon".into());
    let error = haven.call(PlanCreate(request)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().contains("zone==moon refused 2"), "{error}");
}

#[tokio::test]
async fn what_was_asked_of_the_nodes_beside_the_specification_holds_for_copies_too() {
    let fleet = Fleet::of(3).await;
    let haven = fleet.master(&Hangs::never()).await;
    let mut request = create(Some("web"), 1);
    request.requirements.constraints.push("node==n2".parse().unwrap());
    let made = haven.call(PlanCreate(request)).await.unwrap();
    is_applied(&apply(&haven, &made.id).await);
    let up = scale(&haven, "web", 3).await.unwrap();
    is_applied(&apply(&haven, &up.id).await);
    let nodes: Vec<String> = fleet.living().await.into_keys().map(|(node, _)| node).collect();
    assert_eq!(nodes, ["n2", "n2", "n2"], "{}", up.diff());
}

#[tokio::test]
async fn a_drained_node_gives_away_what_haven_placed_there_and_nothing_else() {
    let fleet = Fleet::of(2).await;
    let haven = fleet.master(&Hangs::never()).await;
    let made = haven.call(PlanCreate(create(Some("web"), 4))).await.unwrap();
    is_applied(&apply(&haven, &made.id).await);
    let node = &fleet.nodes()[0];
    haven.containers().run(node, "mine", nginx("latest")).await.unwrap();
    let before = fleet.living().await;
    let request = DrainRequest {
        node: node.clone(),
        leave_data: false,
        rollout: Rollout { parallelism: 2, ..rollout(Order::StartFirst) },
    };
    let drain = haven.call(PlanDrain(request)).await.unwrap();
    assert_eq!(drain.steps.len(), 2, "{}", drain.diff());
    assert_eq!(drain.skipped[0].reason, "Haven did not place it");
    is_applied(&apply(&haven, &drain.id).await);
    let left: Vec<String> =
        fleet.living().await.into_keys().filter(|(on, _)| on == "n1").map(|(_, name)| name).collect();
    assert_eq!(left, ["mine"]);
    let back = rollback(&haven, &drain.id).await;
    is_applied(&apply(&haven, &back.id).await);
    assert_eq!(fleet.living().await, before);
}

#[tokio::test]
async fn what_has_ended_is_pruned_and_can_be_made_anew() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    let node = &fleet.nodes()[0];
    for name in ["runs", "ended"] {
        haven.containers().run(node, name, nginx("latest")).await.unwrap();
    }
    haven.containers().stop(node, &"ended".parse().unwrap()).await.unwrap();
    let prune = haven.call(PlanPrune(PruneRequest { selection: Selection::default() })).await.unwrap();
    assert_eq!(prune.steps.len(), 1, "{}", prune.diff());
    let detail = apply(&haven, &prune.id).await;
    assert_eq!(detail.status.state, PlanState::Applied);
    assert_eq!(fleet.containers().await.len(), 1, "it is removed, not parked");
    let back = rollback(&haven, &prune.id).await;
    is_applied(&apply(&haven, &back.id).await);
    let living = fleet.living().await;
    assert!(!living[&("n1".into(), "ended".into())].running);
}

#[tokio::test]
async fn a_container_that_says_it_is_not_scalable_is_not_scaled() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    let mut spec = nginx("latest");
    spec.labels.insert("scalable".into(), "false".into());
    haven.containers().run(&fleet.nodes()[0], "web", spec).await.unwrap();
    assert_eq!(scale(&haven, "web", 3).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(scale(&haven, "nobody", 3).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn plans_that_are_not_applied_yet_hold_their_room() {
    let fleet = Fleet::of(2).await;
    let (one, other) = (fleet.master(&Hangs::never()).await, fleet.master(&Hangs::never()).await);
    let request = |name: &str| {
        let mut request = create(Some(name), 1);
        request.spec.ports.push(Port { container: 80, host: Some(80), address: None, protocol: Protocol::Tcp });
        request
    };
    let first = one.call(PlanCreate(request("a-web"))).await.unwrap();
    let second = other.call(PlanCreate(request("b-web"))).await.unwrap();
    assert_ne!(first.steps[0].node(), second.steps[0].node());
    let third = one.call(PlanCreate(request("c-web"))).await.unwrap_err();
    assert!(third.message().contains("port refused 2"), "{third}");
}

#[tokio::test]
async fn what_a_repository_says_places_and_makes_containers_and_a_later_change_reaches_them() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::create_dir_all(folder.path().join("dev")).unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    write("dev/nginx.yml", "environment:\n  - MQ_HOST=mq\n  - constraint:node==n2\nlabels:\n  tier: front\n");
    let fleet = Fleet::of(2).await;
    let haven = fleet.master(&Hangs::never()).await;
    let dev = haven_core::model::ClusterName::new("dev").unwrap();
    haven.clusters().create(&dev, "").await.unwrap();
    for node in fleet.nodes() {
        haven.clusters().add_node(&dev, node).await.unwrap();
    }
    let source = format!("folder:{}", folder.path().display());
    haven.source().set(haven_core::model::SourceSpec::new(source)).await.unwrap();
    let mut request = CreateRequest { cluster: Some(dev), ..create(Some("web"), 1) };
    request.spec.env.insert("MINE".into(), "mine".into());
    let made = haven.call(PlanCreate(request)).await.unwrap();
    is_applied(&apply(&haven, &made.id).await);
    let web = fleet.living().await[&("n2".into(), "web".into())].clone();
    assert_eq!((web.spec.env["MQ_HOST"].expose(), web.spec.env["MINE"].expose()), ("mq", "mine"));
    assert_eq!(web.spec.labels["tier"], "front");
    assert!(web.spec.labels.contains_key("haven.config"));
    assert!(!web.spec.env.keys().any(|name| name.contains("constraint")), "{:?}", web.spec.env);
    write("dev/nginx.yml", "environment:\n  - MQ_HOST=other\n");
    haven.source().refresh().await.unwrap();
    let request = UpdateRequest { configure: true, rollout: rollout(Order::StopFirst), ..UpdateRequest::default() };
    let change = haven.call(PlanUpdate(request)).await.unwrap();
    assert!(change.diff().contains("env MQ_HOST: changed"), "{}", change.diff());
    is_applied(&apply(&haven, &change.id).await);
    let web = fleet.living().await[&("n2".into(), "web".into())].clone();
    assert_eq!((web.spec.env["MQ_HOST"].expose(), web.spec.env["MINE"].expose()), ("other", "mine"));
    write("dev/nginx.yml", "memoryLimit: [1]\n");
    haven.source().refresh().await.unwrap();
    let request = UpdateRequest { configure: true, ..UpdateRequest::default() };
    let error = haven.call(PlanUpdate(request)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}
