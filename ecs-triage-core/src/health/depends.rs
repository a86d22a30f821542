//! Whether a `dependsOn` can ever be satisfied, and how stop times add up along it.

use super::{HealthCheck, ProbeModel};

/// `dependsOn[].condition`.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The dependency has started.
    Start,
    /// It has exited with any code.
    Complete,
    /// It has exited with 0; another code stops the task at once.
    Success,
    /// Its health check has passed once.
    Healthy,
}

/// A dependency of one container on another, and what matters of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dependency {
    /// What the dependent container waits for.
    pub condition: Condition,
    /// Whether the container waited for is essential.
    pub essential: bool,
    /// Its health check in the task definition; one in the image does not count.
    pub health_check: Option<HealthCheck>,
    /// Its `startTimeout`, seconds, from its own start; without one the wait has no limit.
    pub start_timeout: Option<u32>,
    /// Whether it is the FireLens log router.
    pub is_log_router: bool,
}

/// Why a dependency can never be satisfied, or is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DependencyFault {
    /// HEALTHY of a container that has no health check in the task definition.
    NoHealthCheck,
    /// COMPLETE or SUCCESS of an essential container, whose exit stops the task.
    EssentialMustNotExit,
    /// The first probe comes after `startTimeout` is over.
    StartTimeoutTooShort {
        /// Seconds at which the dependency can be HEALTHY at the earliest.
        earliest: u64,
    },
    /// Only START and HEALTHY are allowed towards the log router.
    LogRouterCondition,
}

impl Dependency {
    /// What makes this dependency impossible; nothing found is no promise that it will be met.
    #[must_use]
    pub fn faults(&self, models: &[ProbeModel]) -> Vec<DependencyFault> {
        let mut faults = Vec::new();
        let waits_for_exit = matches!(self.condition, Condition::Complete | Condition::Success);
        if waits_for_exit && self.essential {
            faults.push(DependencyFault::EssentialMustNotExit);
        }
        if waits_for_exit && self.is_log_router {
            faults.push(DependencyFault::LogRouterCondition);
        }
        if self.condition == Condition::Healthy {
            match &self.health_check {
                None => faults.push(DependencyFault::NoHealthCheck),
                Some(check) => {
                    let earliest = models.iter().map(|&model| check.first_probe(model)).min().unwrap_or(0);
                    if self.start_timeout.is_some_and(|limit| u64::from(limit) < earliest) {
                        faults.push(DependencyFault::StartTimeoutTooShort { earliest });
                    }
                }
            }
        }
        faults
    }
}

/// A circle of containers that wait for each other, if there is one, in the order of the waiting.
///
/// `waits_for[c]` lists the containers that container `c` depends on, by position; positions out of range are
/// ignored.
#[must_use]
pub fn first_cycle(waits_for: &[Vec<usize>]) -> Option<Vec<usize>> {
    walk(waits_for).err()
}

/// Seconds that stopping all containers may take; `None` when they depend on each other in a circle.
///
/// Containers stop in reverse `dependsOn` order, so the timeouts add up along the longest chain.
/// `stop_timeouts` holds the effective `stopTimeout` of each container, seconds.
#[must_use]
pub fn longest_stop(stop_timeouts: &[u32], waits_for: &[Vec<usize>]) -> Option<u64> {
    let order = walk(waits_for).ok()?;
    let own = |container: usize| stop_timeouts.get(container).copied().map_or(0, u64::from);
    // Longest chain that ends at each container; its dependencies come before it in the order.
    let mut chain = vec![0; waits_for.len()];
    for container in order {
        let before = waits_for[container].iter().filter_map(|&dependency| chain.get(dependency)).max();
        chain[container] = own(container) + before.copied().unwrap_or(0);
    }
    let unlinked = (waits_for.len()..stop_timeouts.len()).map(own);
    Some(chain.into_iter().chain(unlinked).max().unwrap_or(0))
}

/// All containers, dependencies first, or a circle. Walks with its own stack, so depth costs no recursion.
fn walk(waits_for: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        OnPath,
        Done,
    }
    let mut states = vec![State::New; waits_for.len()];
    let mut order = Vec::with_capacity(waits_for.len());
    for root in 0..waits_for.len() {
        if states[root] != State::New {
            continue;
        }
        states[root] = State::OnPath;
        let mut path = vec![(root, 0)];
        while let Some((container, next)) = path.last_mut() {
            let Some(&dependency) = waits_for[*container].get(*next) else {
                states[*container] = State::Done;
                order.push(*container);
                path.pop();
                continue;
            };
            *next += 1;
            match states.get(dependency) {
                Some(State::New) => {
                    states[dependency] = State::OnPath;
                    path.push((dependency, 0));
                }
                Some(State::OnPath) => {
                    let from = path.iter().position(|&(container, _)| container == dependency);
                    return Err(path
                        .iter()
                        .skip(from.unwrap_or(0))
                        .map(|&(container, _)| container)
                        .collect());
                }
                Some(State::Done) | None => {}
            }
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Dependency = Dependency {
        condition: Condition::Start,
        essential: true,
        health_check: None,
        start_timeout: None,
        is_log_router: false,
    };

    fn faults(dependency: Dependency) -> Vec<DependencyFault> {
        dependency.faults(ProbeModel::BOTH)
    }

    #[test]
    fn healthy_needs_a_check_and_one_interval() {
        let healthy = Dependency { condition: Condition::Healthy, ..PLAIN };
        assert_eq!(faults(healthy), [DependencyFault::NoHealthCheck]);

        let checked = Dependency { health_check: Some(HealthCheck::default()), ..healthy };
        assert!(faults(checked).is_empty());
        assert!(faults(Dependency { start_timeout: Some(30), ..checked }).is_empty());
        let short = Dependency { start_timeout: Some(20), ..checked };
        assert_eq!(faults(short), [DependencyFault::StartTimeoutTooShort { earliest: 30 }]);

        // With a start period a newer engine may probe after 5 s already.
        let started = HealthCheck { start_period: 60, ..HealthCheck::default() };
        let short = Dependency { health_check: Some(started), ..short };
        assert!(faults(short).is_empty());
        let expected = [DependencyFault::StartTimeoutTooShort { earliest: 30 }];
        assert_eq!(short.faults(&[ProbeModel::Interval]), expected);
    }

    #[test]
    fn essential_containers_do_not_complete() {
        for condition in [Condition::Complete, Condition::Success] {
            assert_eq!(faults(Dependency { condition, ..PLAIN }), [DependencyFault::EssentialMustNotExit]);
            assert!(faults(Dependency { condition, essential: false, ..PLAIN }).is_empty());
            let router = Dependency { condition, essential: false, is_log_router: true, ..PLAIN };
            assert_eq!(faults(router), [DependencyFault::LogRouterCondition]);
        }
        assert!(faults(PLAIN).is_empty());
    }

    #[test]
    fn circles_are_found() {
        assert_eq!(first_cycle(&[vec![1], vec![2], vec![]]), None);
        assert_eq!(first_cycle(&[vec![1, 2], vec![2], vec![]]), None);
        assert_eq!(first_cycle(&[vec![1], vec![2], vec![1]]), Some(vec![1, 2]));
        assert_eq!(first_cycle(&[vec![0]]), Some(vec![0]));
        assert_eq!(first_cycle(&[vec![9]]), None);
        let chain: Vec<_> = (1..=100_000).map(|next| vec![next]).collect();
        assert_eq!(first_cycle(&chain), None);
    }

    #[test]
    fn stop_times_add_up_along_the_chain() {
        assert_eq!(longest_stop(&[30, 30, 30], &[vec![], vec![], vec![]]), Some(30));
        assert_eq!(longest_stop(&[30, 10, 120], &[vec![1], vec![2], vec![]]), Some(160));
        assert_eq!(longest_stop(&[30, 10, 120], &[vec![1, 2], vec![], vec![]]), Some(150));
        assert_eq!(longest_stop(&[30, 10], &[vec![1], vec![0]]), None);
        assert_eq!(longest_stop(&[30, 40], &[]), Some(40));
        assert_eq!(longest_stop(&[], &[]), Some(0));
    }
}
