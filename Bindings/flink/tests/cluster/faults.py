# SPDX-License-Identifier: MIT
"""What happens to a job of streams, and what must come out of it all the same."""
import re
import shutil

from cluster import Failure, wait_for
from compare import committed_records
from trial import Trial, have_free_slots, have_task_managers


def two_jobs(settings, cluster, rest):
    """Two jobs in a row on one TaskManager. Each job has its own class loader there, and a JVM
    refuses a library to a second one."""
    have_task_managers(cluster, rest, 1)
    only = cluster.task_managers[0]
    for name in ("first-job", "second-job"):
        trial = Trial(name, settings, cluster, rest)
        trial.start(2)
        trial.job.wait_for_checkpoint()
        if trial.busy() != [only]:
            raise Failure(f"it runs on {trial.job.task_managers()}, not on {only} alone")
        trial.finish()
        trial.say(f"ended on {only}")
        trial.expect_equal()


def kills(settings, cluster, rest):
    """kill -9 of a TaskManager that runs the job: while a spare is there, before its replacement is
    up, and in the middle of a checkpoint. The source repeats records, and a subtask has memory for
    part of its streams only."""
    have_task_managers(cluster, rest, 2)
    trial = Trial("kills", settings, cluster, rest, repeats="yes", streams=600)
    trial.start(2)
    kill_with_spare(trial)
    before = trial.kill(trial.busy(), "again, before the replacement is up")
    have_task_managers(cluster, rest, 2)
    trial.recovered(before)
    kill_in_checkpoint(trial)
    trial.finish()
    trial.expect_equal()


def kill_with_spare(trial):
    trial.job.wait_for_checkpoint()
    before = trial.kill(trial.busy()[:1], "a busy TaskManager, with a spare")
    trial.recovered(before)


def kill_in_checkpoint(trial):
    trial.job.wait_for_checkpoint()
    hold = trial.folder / "hold"
    hold.touch()
    held = wait_for("checkpoint that Hold.java keeps from its end", 60,
                    lambda: list(trial.folder.glob("hold-*")))
    checkpoint = int(held[0].name.removeprefix("hold-"))
    before = trial.kill(trial.busy()[:1], f"in the middle of checkpoint {checkpoint}")
    hold.unlink()
    trial.recovered(before)
    status = next(one["status"] for one in trial.job.checkpoints()["history"]
                  if one["id"] == checkpoint)
    if status != "FAILED":
        raise Failure(f"checkpoint {checkpoint} is {status} and not FAILED after the kill")


def rescale(settings, cluster, rest):
    """Stop with a savepoint; on with 4 subtasks instead of 2, a kill, then on with 2."""
    have_task_managers(cluster, rest, 3)
    trial = Trial("rescale", settings, cluster, rest)
    trial.start(2)
    trial.job.wait_for_checkpoint()
    move(trial, 4)
    before = trial.kill(trial.busy()[:1], "a busy TaskManager of 4 subtasks")
    trial.recovered(before)
    trial.job.wait_for_checkpoint()
    move(trial, 2)
    trial.job.wait_for_checkpoint()
    trial.finish()
    trial.expect_equal()


def move(trial, parallelism):
    savepoint = trial.job.stop_with_savepoint()
    trial.say(f"stopped with a savepoint, {committed_records(trial.output)} records committed")
    trial.start(parallelism, savepoint)
    trial.job.wait_for_checkpoint()
    trial.say(f"on with {parallelism} subtasks")


def lost_job_manager(settings, cluster, rest):
    """kill -9 of the JobManager; a new one resumes the job from a retained checkpoint."""
    have_task_managers(cluster, rest, 1)
    trial = Trial("jobmanager", settings, cluster, rest, repeats="yes")
    trial.start(2)
    checkpoint = trial.job.wait_for_checkpoint()
    killed = cluster.job_manager
    cluster.kill(killed)
    trial.say(f"killed {killed} after checkpoint {checkpoint}")
    retained = max((cluster.work / "checkpoints" / trial.job.number).glob("chk-*/_metadata"),
                   key=lambda path: int(path.parent.name.removeprefix("chk-"))).parent
    cluster.start_job_manager()
    wait_for("new JobManager", 120, rest.is_up)
    have_task_managers(cluster, rest, 1)
    have_free_slots(cluster, rest)
    trial.start(2, retained)
    trial.job.wait_for_checkpoint()
    trial.say(f"{cluster.job_manager} resumed it from {retained.name}")
    trial.finish()
    trial.expect_equal()


def flipped_byte(settings, cluster, rest):
    """A byte of one state changes in a savepoint: the job must not go on with it."""
    have_task_managers(cluster, rest, 1)
    trial = Trial("flipped-byte", settings, cluster, rest)
    trial.start(2)
    trial.job.wait_for_checkpoint()
    savepoint = trial.job.stop_with_savepoint()
    refuse_flipped_byte(trial, savepoint)
    trial.start(2, savepoint)
    trial.job.wait_for_checkpoint()
    trial.finish()
    trial.say("the savepoint as it was goes on")
    trial.expect_equal()


def refuse_flipped_byte(trial, savepoint):
    """The job makes no checkpoints, so it commits nothing of its own before it meets the state. The
    trial goes on from the savepoint as it was, and each record is still expected once."""
    damaged = trial.folder / "damaged"
    shutil.copytree(savepoint, damaged)
    place = flip_byte(damaged)
    trial.start(2, damaged, restart="none", interval=None)
    trial.job.wait_for_end("FAILED")
    found = re.search(r"the state of key sensor-\d+ can't be loaded: .* its checksum is .*",
                      trial.job.exceptions())
    if not found:
        raise Failure(f"it failed for another reason: {trial.job.exceptions()}")
    result = trial.compare()
    if not result.is_part():
        raise Failure(f"it committed something wrong before it failed: {result}")
    trial.say(f"flipped a bit in {place}, and the job failed: {found[0]}")


def flip_byte(folder):
    """Flip one bit of an h in the first state that is found, and say where."""
    for path in sorted(folder.iterdir()):
        content = bytearray(path.read_bytes())
        state = content.find(b"LeatStat")
        if state >= 0:
            content[state + 100] ^= 1
            path.write_bytes(content)
            return f"byte {state + 100} of {path.name}"
    raise Failure("the savepoint has no state")


def without_flush(settings, cluster, rest):
    """Negative control: an operator that does nothing at the barrier."""
    have_task_managers(cluster, rest, 2)
    trial = Trial("without-flush", settings, cluster, rest, control="no-flush")
    trial.start(2)
    kill_with_spare(trial)
    trial.finish()
    trial.expect_different("nothing was flushed at the barrier")


def without_guard(settings, cluster, rest):
    """Negative control: records come again, and are stepped again."""
    have_task_managers(cluster, rest, 1)
    trial = Trial("without-guard", settings, cluster, rest, repeats="yes", control="no-guard")
    trial.start(2)
    trial.finish()
    trial.expect_different("repeated records were stepped again")


def one_of_each(settings, cluster, rest):
    """What CI has time for: one job through a kill, a flipped byte and another parallelism."""
    have_task_managers(cluster, rest, 2)
    trial = Trial("one-of-each", settings, cluster, rest, repeats="yes")
    trial.start(2)
    kill_with_spare(trial)
    cluster.start_task_manager()  # it comes up meanwhile
    trial.job.wait_for_checkpoint()
    savepoint = trial.job.stop_with_savepoint()
    trial.say(f"stopped with a savepoint, {committed_records(trial.output)} records committed")
    refuse_flipped_byte(trial, savepoint)
    have_task_managers(cluster, rest, 2)
    trial.start(4, savepoint)
    trial.job.wait_for_checkpoint()
    trial.say("on with 4 subtasks")
    trial.finish()
    trial.expect_equal()


ALL = (two_jobs, kills, rescale, lost_job_manager, flipped_byte, without_flush, without_guard)
QUICK = (one_of_each, without_guard)
