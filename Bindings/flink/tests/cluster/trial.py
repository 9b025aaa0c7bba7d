# SPDX-License-Identifier: MIT
"""One run of the test job, through all its faults, to the comparison of what it put out."""
import collections

from cluster import SLOTS, Failure, wait_for
from compare import committed_records, compare
from rest import Job

Settings = collections.namedtuple("Settings", "jar main model reference sensors steps rate report")


class Trial:
    """`options` are those of FaultsJob.java that differ from the other trials'."""

    def __init__(self, name, settings, cluster, rest, **options):
        self.name, self.settings, self.cluster, self.rest = name, settings, cluster, rest
        self.options = options
        self.folder = cluster.work / name
        self.output = self.folder / "output"
        self.output.mkdir(parents=True)
        self.job = None

    def say(self, text):
        self.settings.report(f"{self.name}: {text}")

    # --- the job ---------------------------------------------------------------

    def start(self, parallelism, savepoint=None, **more):
        """Run the job, slowly: `speed_up()` lets it come to its end. An option that is None isn't given."""
        (self.folder / "slow").touch()
        options = {"model": self.settings.model, "sensors": self.settings.sensors,
                   "steps": self.settings.steps, "rate": self.settings.rate,
                   "output": self.output, "controls": self.folder, "parallelism": parallelism,
                   "interval": 500, **self.options, **more}
        arguments = [word for name, value in options.items() if value is not None
                     for word in (f"--{name}", str(value))]
        self.job = Job.run(self.rest, self.rest.upload(self.settings.jar), self.settings.main,
                           arguments, savepoint)

    def speed_up(self):
        (self.folder / "slow").unlink()

    def finish(self):
        self.speed_up()
        self.job.wait_for_end()

    # --- faults ----------------------------------------------------------------

    def busy(self):
        """The TaskManagers that run the job, once all of it runs on some that are alive."""
        alive = {process.name: process for process in self.cluster.task_managers}

        def running():
            names = self.job.task_managers()
            return names if names and alive.keys() >= set(names) else None
        return [alive[name] for name in wait_for("job that runs", 60, running)]

    def kill(self, processes, what):
        """kill -9 of TaskManagers, after a checkpoint that is newer than the last one restored."""
        checkpoint = self.job.wait_for_checkpoint()
        before = self.job.restores()
        for process in processes:
            self.cluster.kill(process)
        names = " and ".join(str(process) for process in processes)
        self.say(f"{what}: killed {names} after checkpoint {checkpoint}")
        return before

    def recovered(self, before):
        """Wait until it runs again after a kill."""
        checkpoint = self.job.wait_for_restore(before + 1)
        where = ", ".join(str(process) for process in self.busy())
        self.say(f"restored from checkpoint {checkpoint} on {where}, "
                 f"{committed_records(self.output)} records committed")

    # --- what came out -----------------------------------------------------------

    def compare(self):
        return compare(self.settings.reference, self.settings.sensors, self.settings.steps,
                       self.output)

    def expect_equal(self):
        result = self.compare()
        if not result.is_equal():
            raise Failure(f"not what one C process computes: {result}")
        self.say(f"as one C process: {result}")

    def expect_different(self, why):
        """For a job that is broken on purpose: the comparison must notice."""
        result = self.compare()
        if result.is_equal():
            raise Failure(f"{why}, and the comparison noticed nothing: {result}")
        self.say(f"{why}, and the comparison says so: {result}")


def have_task_managers(cluster, rest, count):
    """Start as many as are missing, and wait until all are registered."""
    while len(cluster.task_managers) < count:
        cluster.start_task_manager()
    names = {process.name for process in cluster.task_managers}

    def registered():
        cluster.check_alive()
        free = {one["id"]: one["freeSlots"] for one in rest.task_managers()}
        return names <= free.keys()
    wait_for("registration of the TaskManagers", 120, registered)


def have_free_slots(cluster, rest):
    """Wait until no job holds a slot any more."""
    names = {process.name for process in cluster.task_managers}

    def free():
        return all(one["freeSlots"] == SLOTS for one in rest.task_managers() if one["id"] in names)
    wait_for("free slots", 60, free)
