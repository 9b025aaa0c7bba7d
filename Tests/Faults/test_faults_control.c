/* SPDX-License-Identifier: MIT
 * What a lower PRAGMA synchronous gives up, with the same cuts. OFF must lose
 * commits and damage the file, otherwise these tests couldn't detect it; NORMAL
 * may lose the last commits, each completely; FULL loses nothing on a disk that
 * keeps the promises SQLite relies on.
 * Usage: test_faults_control MODEL.safetensors */
#define _XOPEN_SOURCE 700
#include "fault_world.h"

#include "fault_work.h"

struct tally {
    unsigned long cuts, good, lost, reported, wrong, broken;
    uint64_t most_lost; /* acknowledged positions, at one cut */
};

/* Cut the power in the middle of twelve saves with their rows, in a database
 * whose -wal is copied back every few pages. */
static int cut_at(const struct base *base, leat_stream *stream,
                  const disk_mode *mode, long nth, struct tally *tally)
{
    struct world world;
    uint64_t position = 0;
    enum verdict verdict = BROKEN;
    int was_cut;
    start_at(&world, base, stream);
    need(world_open(&world) == LEAT_OK, "open before the cut");
    power_cut_at(nth);
    save_times(&world, 12);
    was_cut = power_is_cut();
    power_cut_now();
    OK(world_close(&world));
    power_return(mode, (uint64_t)nth * 31u + tally->cuts);
    if (!was_cut)
        return 0;
    tally->cuts++;
    if (world_open(&world) == LEAT_OK) {
        verdict = look_at_all(&world, &position);
        /* The -lock reports it, up to the last save. */
        if (verdict == OLDER || verdict == LOST) {
            uint64_t acked = world.acked;
            if (verdict == OLDER)
                tally->reported++;
            world.acked = world.tried = 0;
            position = leat_stream_position(found_stream);
            if (acked - position > tally->most_lost && acked > position)
                tally->most_lost = acked - position;
            verdict = is_known(found_stream, position) &&
                              outputs_reach(&world, position)
                          ? LOST
                          : WRONG;
        }
        need(world_close(&world) == LEAT_OK, "close");
    }
    switch (verdict) {
    case GOOD: tally->good++; break;
    case LOST:
    case OLDER: tally->lost++; break;
    case WRONG: tally->wrong++; break;
    case BROKEN: tally->broken++; break;
    }
    return 1;
}

/* With `spoils`, on a disk that damages the bytes beside those that it writes,
 * although it promises not to. */
static struct tally cut_everywhere(const char *synchronous, int spoils)
{
    const struct setting setting = { 1, 0, synchronous, 8,
                                     0, 1, 0,           3, 0 };
    leat_stream *stream = new_stream(model);
    struct tally tally;
    struct base base;
    size_t mode;
    memset(&tally, 0, sizeof tally);
    make_base(&base, &setting, 1);
    for (mode = 0; mode < disk_mode_count; mode++) {
        long nth = 0;
        if (disk_modes[mode].spoils_neighbours != spoils)
            continue;
        do
            nth++;
        while (cut_at(&base, stream, &disk_modes[mode], nth, &tally));
    }
    free_base(&base);
    free(stream);
    printf("synchronous = %s%s, %lu cuts: %lu lost nothing, %lu lost "
           "acknowledged commits (%llu at most; %lu were reported), %lu wrong, "
           "%lu damaged\n",
           synchronous, spoils ? " on a disk that spoils sectors" : "",
           tally.cuts, tally.good, tally.lost,
           (unsigned long long)tally.most_lost, tally.reported, tally.wrong,
           tally.broken);
    return tally;
}

int main(int count, char **arguments)
{
    char directory[64];
    struct tally full, normal, off, spoilt;
    check_usage(count >= 2, "test_faults_control MODEL.safetensors");
    set_up_faults(arguments[1], directory);
    full = cut_everywhere("FULL", 0);
    normal = cut_everywhere("NORMAL", 0);
    off = cut_everywhere("OFF", 0);
    spoilt = cut_everywhere("FULL", 1);
    printf("%lu cuts and 0 faults tried\n",
           full.cuts + normal.cuts + off.cuts + spoilt.cuts);
    CHECK(full.cuts > 100 && full.good == full.cuts);
    CHECK(normal.cuts > 100 && normal.lost > 0 && normal.good > 0);
    CHECK(normal.wrong == 0 && normal.broken == 0);
    CHECK(off.cuts > 100 && off.lost > 0 && off.wrong + off.broken > 0);
    CHECK(spoilt.cuts > 20 && spoilt.lost + spoilt.wrong + spoilt.broken > 0);
    return tear_down_faults("test_faults_control", directory);
}
