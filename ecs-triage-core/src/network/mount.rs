//! The way to a mount target of an EFS file system.
//!
//! <https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html>

use super::cidr::Cidr;
use super::inside::{self, Inner};
use super::judge::Question;
use super::verdict::Trail;
use super::view::is;
use super::{Blocker, Missing, asks};
use crate::evidence::efs::MountTarget;
use crate::evidence::text::MountTargetSecurityGroup;

impl<'e> Question<'_, 'e> {
    /// Judges the way to the mount target in the subnet's Availability Zone, to which the name resolves there.
    pub(super) fn mount_target(&self, file_system: &str, trail: &mut Trail) {
        let evidence = self.network.evidence;
        let is_of = |target: &MountTarget<'e>| target.file_system_id() == Some(file_system);
        let all: Vec<MountTarget<'e>> = evidence.all().filter(is_of).collect();
        // All of them are known only when they were asked for by file system, or without saying what was asked.
        let is_whole = evidence.answers_of("efs", "DescribeMountTargets").any(|answer| {
            let asked = answer.request().filter(|request| request.params.is_object());
            let is_about = match asked {
                Some(request) => request.param("FileSystemId") == Some(file_system),
                None => answer.all().any(|target| is_of(&target)),
            };
            is_about && answer.error().is_none() && !answer.is_cut()
        });
        let zone = self.subnet.availability_zone_id();
        let name = self.subnet.availability_zone();
        let is_here = |target: &&MountTarget<'e>| {
            target.subnet_id() == Some(self.subnet_id)
                || zone.is_some() && target.availability_zone_id() == zone
                || zone.is_none() && name.is_some() && target.availability_zone_name() == name
        };
        let Some(target) = all.iter().find(is_here) else {
            let has_zone = |target: &MountTarget<'e>| match zone {
                Some(_) => target.availability_zone_id().is_some(),
                None => name.is_some() && target.availability_zone_name().is_some(),
            };
            if !is_whole || !all.iter().all(has_zone) {
                return trail.miss([asks::mount_targets(file_system)]);
            }
            let zone = name.or(zone).unwrap_or("the subnet's zone").to_owned();
            let proof = all
                .first()
                .map_or_else(|| self.subnet.cite("AvailabilityZone"), |target| target.node().citation());
            let blocker = Blocker::NoMountTarget { file_system: file_system.to_owned(), zone };
            return trail.block(blocker, [proof]);
        };
        trail.pass(target.node().citation());
        if target.life_cycle_state().is_some_and(|state| !is(state, "available")) {
            trail.miss([Missing::beyond("the mount target is not available (yet)")]);
        }
        let id = target.mount_target_id().unwrap_or_default();
        let inner = Inner {
            groups: self.mount_target_groups(target),
            addresses: target.ip_address().and_then(Cidr::parse).into_iter().collect(),
            subnets: target.subnet_id().map(str::to_owned).into_iter().collect(),
            refused: |target, groups, port| Blocker::TargetSecurityGroup { target, groups, port },
            name: id.to_owned(),
        };
        inside::judge(self, inner, trail);
    }

    fn mount_target_groups(&self, target: &MountTarget<'e>) -> Result<Vec<String>, Missing> {
        let id = target.mount_target_id().unwrap_or_default();
        let answer =
            self.network.evidence.answer_to("efs", "DescribeMountTargetSecurityGroups", "MountTargetId", id);
        if let Some(answer) = answer.filter(|answer| answer.error().is_none()) {
            let groups = answer.all::<MountTargetSecurityGroup<'e>>();
            return Ok(groups.map(|group| group.text().to_owned()).collect());
        }
        let interface = target.network_interface_id().and_then(|id| self.network.interfaces.get(id));
        let interface = interface.ok_or_else(|| asks::mount_target_groups(id))?;
        Ok(interface.groups().iter().filter_map(|group| group.group_id()).map(str::to_owned).collect())
    }
}
