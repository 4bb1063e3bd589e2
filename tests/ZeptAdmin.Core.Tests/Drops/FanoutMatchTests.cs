using CsCheck;
using ZeptAdmin.Drops;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Drops;

/// <summary>Which member has which place: what is said to be measured is never wrong.</summary>
public sealed class FanoutMatchTests
{
    private const int Cpus = 2;
    private const int Trials = 20_000;

    [Fact]
    public void A_pair_is_proven_when_every_arrangement_has_it()
    {
        // Place 0 takes member 0 or 1, place 1 only member 1, place 2 any: so all are settled.
        bool[][] may = [[true, true, false], [false, true, false], [true, true, true]];

        Assert.Equal([[0], [1], [2]], FanoutMatch.Candidates(3, (place, member) => may[place][member]));
    }

    [Fact]
    public void What_may_be_swapped_is_told_with_all_that_it_may_be()
    {
        bool[][] may = [[true, true, false], [true, true, false], [true, true, true]];

        Assert.Equal([[0, 1], [0, 1], [2]], FanoutMatch.Candidates(3, (place, member) => may[place][member]));
    }

    [Fact]
    public void Members_that_cannot_be_given_places_give_nothing() =>
        Assert.Empty(FanoutMatch.Candidates(3, (place, member) => member == 0 || place == 2));

    [Fact]
    public void The_candidates_are_those_of_all_arrangements() => Gen.Bool.Array[16].Sample(bits =>
    {
        int[][] told = FanoutMatch.Candidates(4, (place, member) => bits[(4 * place) + member]);
        int[][] all = [.. Permutations(4).Where(order => order.Select((member, place) => bits[(4 * place) + member]).All(fits => fits))];

        Assert.Equal(
            all.Length == 0 ? [] : Enumerable.Range(0, 4).Select(place => all.Select(order => order[place]).Distinct().Order().ToArray()).ToArray(),
            told);
    });

    // Any order of joining, any traffic, looks that catch packets half way: what is decided is true.
    [Fact]
    public void What_is_measured_is_never_wrong() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 6], Gen.Int[1, 40], Gen.Int[0, 60], Gen.Int).Sample(
            (members, queues, looks, most, seed) =>
            {
                (int[] memberAt, AfPacketFanout told) = Watch(members, queues, looks, queue => most, seed);

                Assert.All(
                    told.Links.Where(link => link.Confidence == AfPacketFanoutConfidence.Measured),
                    link => Assert.Equal(1000 + memberAt[(link.Queue + 1) % members], link.Inode));
                Assert.All(told.Links, link => Assert.NotEmpty(link.Evidence));
                Assert.All(told.Links.Where(link => link.Confidence == AfPacketFanoutConfidence.Undecided), link => Assert.Null(link.Inode));
            },
            iter: 20_000);

    // Members that cannot be counted, or only for a while, and others whose filter or full ring keeps packets out.
    [Fact]
    public void What_is_measured_is_never_wrong_where_members_are_not_counted_or_lose_packets()
    {
        int measured = 0;
        _ = Parallel.For(0, Trials, seed =>
        {
            Random random = new(seed);
            int members = random.Next(2, 7);
            int most = random.Next(61);
            (int[] memberAt, AfPacketFanout told) = Watch(members, random.Next(1, 7), random.Next(2, 41), _ => most, seed, isHalfBlind: true);
            AfPacketFanoutLink[] links = Array.FindAll(told.Links, link => link.Confidence == AfPacketFanoutConfidence.Measured);

            Assert.All(links, link => Assert.Equal((seed, 1000 + memberAt[(link.Queue + 1) % members]), (seed, (int)link.Inode!)));
            _ = Interlocked.Add(ref measured, links.Length);
        });

        Assert.True(measured > Trials / 10, $"only {measured} were measured: this shows little");
    }

    [Fact]
    public void A_member_that_gets_nothing_is_not_placed_by_it_where_another_is_not_counted()
    {
        // Queue 0 feeds the second member, whose filter lets nothing through; the first has no ring.
        FanoutSightings seen = new(2, Cpus);
        seen.Add(new FanoutSighting(At(0), [0, 0, 0], [null, 0], [0, 0, 0]));
        seen.Add(new FanoutSighting(At(1), [0, 1000, 0], [null, 0], [0, 1000, 0]));

        Assert.All(Tell(2, 2, seen).Links, link => Assert.NotEqual(AfPacketFanoutConfidence.Measured, link.Confidence));
    }

    [Fact]
    public void What_members_say_of_themselves_decides_where_their_rings_do_not()
    {
        AfPacketFanout told = TellLogged([1000, 3000], [(3000, 1, 9), (1000, 1, 9)]);

        Assert.Equal([(AfPacketFanoutConfidence.Measured, (long?)1001), (AfPacketFanoutConfidence.Measured, 1000)], told.Links.Select(link => (link.Confidence, link.Inode)));
        Assert.Equal("Its member counted 1000 packets from 00:00:01 to 00:00:09 by its own statistics, which no other place was sent.", told.Links[0].Evidence);
    }

    [Theory]
    [InlineData(new long[] { 3000, 700 }, 1, 9)] // late, or a filter
    [InlineData(new long[] { 1000, 1000 }, 1, 9)] // of another program
    [InlineData(new long[] { 3000, 1000 }, -1, 9)] // of a time before
    [InlineData(new long[] { 3000, 1000 }, 1, 12)] // of a time after
    [InlineData(new long[] { 3000 }, 1, 9)] // only one says anything
    public void What_members_say_decides_nothing_where_it_does_not_agree_or_is_of_another_time(long[] said, int from, int to)
    {
        AfPacketFanout told = TellLogged([1000, 3000], [.. said.Select(count => (count, from, to))]);

        Assert.All(told.Links, link => Assert.NotEqual(AfPacketFanoutConfidence.Measured, link.Confidence));
    }

    [Fact]
    public void Queues_that_bring_nearly_alike_are_not_decided_by_what_members_say() =>
        Assert.All(TellLogged([1000, 1150], [(1150, 1, 9), (1000, 1, 9)]).Links, link => Assert.NotEqual(AfPacketFanoutConfidence.Measured, link.Confidence));

    // Figures that are late by a few seconds at both ends, of traffic that comes and goes, of members of which some filter.
    [Fact]
    public void What_members_say_of_themselves_never_decides_wrongly()
    {
        int measured = 0;
        _ = Parallel.For(0, Trials, seed =>
        {
            Random random = new(seed);
            int members = random.Next(2, 6);
            int seconds = random.Next(20, 61);
            int late = random.Next(10);
            int most = random.Next(4001);
            int[] memberAt = [.. Enumerable.Range(0, members)];
            random.Shuffle(memberAt);
            int[] rates = [.. memberAt.Select(_ => random.Next(most + 1))];
            double[] passed = [.. memberAt.Select(_ => random.Next(4) == 0 ? random.NextDouble() : 1)];
            FanoutSightings seen = new(members, Cpus);
            long[] sent = new long[members + 1];
            List<long[]> got = [new long[members]];
            for (int second = 0; second <= seconds; second++)
            {
                seen.Add(new FanoutSighting(At(0).AddSeconds(second), [.. sent], new long?[members], [.. sent]));
                long[] now = [.. got[^1]];
                for (int queue = 0; queue < members; queue++)
                {
                    int packets = random.Next(3) == 0 ? random.Next(most + 1) : rates[queue];
                    sent[queue + 1] += packets;
                    now[memberAt[(queue + 1) % members]] += packets;
                }

                got.Add(now);
            }

            int from = random.Next(late, (seconds / 2) + late > seconds ? seconds : (seconds / 2) + late);
            int to = random.Next(from + 1, seconds + 1);
            seen.Take([.. Enumerable.Range(0, members).Select(member =>
            {
                long count = got[Math.Max(0, to - random.Next(late + 1))][member] - got[Math.Max(0, from - random.Next(late + 1))][member];
                return new WorkerDrops { Received = (long)(passed[member] * Math.Max(0, count)), From = At(0).AddSeconds(from), To = At(0).AddSeconds(to) };
            })]);

            AfPacketFanoutLink[] links = Array.FindAll(Tell(members, members, seen).Links, link => link.Confidence == AfPacketFanoutConfidence.Measured);
            Assert.All(links, link => Assert.Equal((seed, 1000 + memberAt[(link.Queue + 1) % members]), (seed, (int)link.Inode!)));
            _ = Interlocked.Add(ref measured, links.Length);
        });

        Assert.True(measured > 0, "none was measured: this shows nothing");
        TestContext.Current.TestOutputHelper?.WriteLine($"{measured} measured, none wrongly");
    }

    [Fact]
    public void Figures_belong_to_the_thread_that_reads_the_socket()
    {
        AfPacketFanout group = AfPacketFanouts.Weigh(Group(3, 3));
        WorkerDrops[] logged = [new() { Worker = "W#01-enp17s0f0np0" }, new() { Worker = "W#02-zb" }, new() { Worker = "W#03-zb" }, new() { Worker = "W#03-zb" }];

        // The kernel keeps fifteen letters of a name; of two that have one name neither is told.
        WorkerDrops?[] found = FanoutLogged.Match(new LiveFileTree(), group, logged, inode => new FanoutThread(7, inode switch { 1000 => "W#02-zb", 1001 => "W#01-enp17s0f0", _ => "W#03-zb" }, null));

        Assert.Equal(logged[1], found[0]);
        Assert.All(found[1..], Assert.Null);
        Assert.Equal(logged[0], FanoutLogged.Match(new LiveFileTree(), group, logged, inode => new FanoutThread(7, inode == 1001 ? "W#01-enp17s0f0n" : null, null))[1]);
    }

    [Fact]
    public void Traffic_that_differs_decides_every_order() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int).Sample(
            (members, seed) =>
            {
                (int[] memberAt, AfPacketFanout told) = Watch(members, members, looks: 20, queue => 400 * (queue + 1), seed, isSteady: true);

                Assert.All(told.Links, link => Assert.Equal((AfPacketFanoutConfidence.Measured, 1000 + memberAt[(link.Queue + 1) % members]), (link.Confidence, link.Inode!.Value)));
            },
            iter: 2_000);

    [Fact]
    public void Equal_traffic_is_told_to_decide_nothing()
    {
        (_, AfPacketFanout told) = Watch(4, 4, looks: 20, _ => 100, seed: 1, isSteady: true, memberAt: [0, 1, 2, 3]);
        (_, AfPacketFanout other) = Watch(4, 4, looks: 20, queue => queue == 0 ? 1000 : 100, seed: 1, isSteady: true, memberAt: [1, 0, 2, 3]);

        Assert.All(told.Links, link => Assert.Equal((AfPacketFanoutConfidence.Assumed, true), (link.Confidence, link.Evidence.Contains("members fit alike", StringComparison.Ordinal))));

        // Queue 0 feeds place 1, which is found not to be the socket made second: so the order of making is worth nothing for the rest.
        Assert.Equal([AfPacketFanoutConfidence.Measured, .. Enumerable.Repeat(AfPacketFanoutConfidence.Undecided, 3)], other.Links.Select(link => link.Confidence));
    }

    [Fact]
    public void Counts_that_do_not_add_up_decide_nothing()
    {
        FanoutSightings seen = new(2, Cpus);
        seen.Add(new FanoutSighting(At(0), [0, 0, 0], [0, 0], [0, 0, 0]));
        seen.Add(new FanoutSighting(At(1), [0, 1000, 500], [300, 400], [0, 1000, 500]));

        AfPacketFanout told = Tell(2, 2, seen);

        Assert.All(told.Links, link => Assert.Equal((AfPacketFanoutConfidence.Undecided, null, true), (link.Confidence, link.ProcessId, link.Evidence.Contains("does not add up", StringComparison.Ordinal))));
    }

    [Fact]
    public void Members_that_came_or_went_decide_nothing()
    {
        FanoutSightings seen = new(2, Cpus);
        seen.Add(new FanoutSighting(At(0), [0, 0, 0], [0, 0], [0, 0, 0]));
        seen.Add(new FanoutSighting(At(1), [0, 1000, 500], [500, 1000], [0, 1000, 500]));

        Assert.All(Tell(2, 2, seen).Links, link => Assert.Equal(AfPacketFanoutConfidence.Measured, link.Confidence));
        Assert.All(Tell(2, 2, seen, isSame: false).Links, link => Assert.Equal((AfPacketFanoutConfidence.Undecided, null), (link.Confidence, link.Inode)));
    }

    [Fact]
    public void A_driver_that_records_no_queue_is_found()
    {
        FanoutSightings seen = new(2, Cpus);
        seen.Add(new FanoutSighting(At(0), [0, 0, 0], [0, 0], [0, 0, 0]));
        seen.Add(new FanoutSighting(At(1), [900, 0, 0], [900, 0], [900, 0, 0]));

        AfPacketFanout told = Tell(2, 2, seen);

        Assert.Contains(told.Findings, finding => finding is { Id: "J6.NoQueueRecorded", Severity: AfPacketFanoutVerdict.Fail });
        Assert.All(told.Links, link => Assert.Equal((AfPacketFanoutConfidence.Measured, 0, 1000L), (link.Confidence, link.Member, link.Inode)));
    }

    [Fact]
    public void What_two_programs_lose_is_told_by_what_was_measured()
    {
        AfPacketFanoutGroup group = Group(2, 2);
        AfPacketSocket[] sockets = [group.Sockets[0], group.Sockets[1] with { ProcessId = 8 }];
        FanoutSightings seen = new(2, Cpus);
        seen.Add(new FanoutSighting(At(0), [0, 0, 0], [0, 0], [0, 0, 0]));
        seen.Add(new FanoutSighting(At(1), [0, 900, 100], [100, 900], [0, 900, 100]));

        AfPacketFanout told = FanoutVerdicts.Tell(AfPacketFanouts.Weigh(group with { Sockets = sockets }), true, seen, _ => null, isSame: true);

        string finding = Assert.Single(told.Findings, finding => finding.Id == "J9.TwoPrograms").Finding;
        Assert.Matches(@"process 7\) has 1 of 2 members and loses 90", finding);
        Assert.Matches(@"process 8\) has 1 of 2 members and loses 10.*as measured\.$", finding);
    }

    [Fact]
    public void The_share_of_packets_that_stay_on_their_CPU_is_told()
    {
        FanoutSightings seen = new(2, Cpus);
        seen.Add(new FanoutSighting(At(0), [0, 0, 0], [0, 0], [0, 0, 0]));
        seen.Add(new FanoutSighting(At(1), [0, 750, 250], [250, 750], [0, 750, 250]));

        // Queue 0 goes to the second member. Interrupts on CPUs 0 and 1.
        AfPacketFanout oneOff = Tell(2, 2, seen, reader: inode => new FanoutThread(7, "W#01", CpuList.Of([(int)inode - 1000])));
        AfPacketFanout right = Tell(2, 2, seen, reader: inode => new FanoutThread(7, "W#01", CpuList.Of([1001 - (int)inode])));
        AfPacketFanout half = Tell(2, 2, seen, reader: inode => new FanoutThread(7, "W#01", CpuList.Of([0])));

        Assert.Equal((0.0, 100.0, 75.0), (oneOff.SameCpuPercent, right.SameCpuPercent, half.SameCpuPercent));
        Assert.Contains("Set-IrqAffinity ens1f0 -Queue 0,1 -Cpu 1,0", Assert.Single(oneOff.Findings, finding => finding.Id == "J6.OtherCpu").Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(right.Findings, finding => finding.Id == "J6.OtherCpu");
        Assert.Contains("queues 1 ", Assert.Single(half.Findings, finding => finding.Id == "J6.OtherCpu").Finding, StringComparison.Ordinal);
    }

    // A group whose members joined in a random order, watched while packets come in between the readings of one look.
    private static (int[] MemberAt, AfPacketFanout Told) Watch(
        int members, int queues, int looks, Func<int, int> most, int seed, bool isSteady = false, int[]? memberAt = null, bool isHalfBlind = false)
    {
        Random random = new(seed);
        if (memberAt is null)
        {
            memberAt = [.. Enumerable.Range(0, members)];
            random.Shuffle(memberAt);
        }

        long[] sent = new long[queues + 1];
        long[] got = new long[members];

        // A look from which on a member is not counted, and what it counts at most.
        int[] lost = Array.ConvertAll(got, _ => isHalfBlind && random.Next(3) == 0 ? random.Next(looks) : looks);
        long[] room = Array.ConvertAll(got, _ => isHalfBlind && random.Next(3) == 0 ? random.Next(60) : long.MaxValue);
        FanoutSightings seen = new(members, Cpus);
        for (int look = 0; look < looks; look++)
        {
            Come(queue => isSteady ? most(queue) : random.Next(most(queue) + 1));
            long[] before = [.. sent];
            Come(_ => random.Next(3));
            long?[] counted = [.. got.Select((count, member) => look < lost[member] ? Math.Min(count, room[member]) : (long?)null)];

            // A packet that is past one of the two groups and not yet past the other, on each CPU.
            for (int cpu = 0; cpu < Cpus; cpu++)
            {
                int member = random.Next(members);
                counted[member] = counted[member] is long count ? Math.Max(0, count - random.Next(2)) : null;
            }

            Come(_ => random.Next(3));
            seen.Add(new FanoutSighting(At(look), before, counted, [.. sent]));
        }

        return (memberAt, Tell(members, queues, seen));

        void Come(Func<int, int> count)
        {
            for (int queue = 0; queue < queues; queue++)
            {
                int packets = count(queue);
                sent[queue + 1] += packets;
                got[memberAt[(queue + 1) % members]] += packets;
            }
        }
    }

    // Two members without a ring, on a group that was watched for ten seconds; the queues' packets, and what members say, with its first and last second.
    private static AfPacketFanout TellLogged(long[] sent, (long Count, int From, int To)[] said)
    {
        FanoutSightings seen = new(2, Cpus);
        seen.Add(new FanoutSighting(At(0), [0, 0, 0], [null, null], [0, 0, 0]));
        seen.Add(new FanoutSighting(At(5), [0, .. sent], [null, null], [0, .. sent]));
        seen.Add(new FanoutSighting(At(10), [0, .. sent], [null, null], [0, .. sent]));
        seen.Take([.. said.Select(member => new WorkerDrops { Received = member.Count, From = At(0).AddSeconds(member.From), To = At(0).AddSeconds(member.To) })]);
        return Tell(2, 2, seen);
    }

    private static AfPacketFanout Tell(int members, int queues, FanoutSightings seen, bool isSame = true, Func<long, FanoutThread?>? reader = null) =>
        FanoutVerdicts.Tell(AfPacketFanouts.Weigh(Group(members, queues)), recordsQueue: true, seen, reader ?? (_ => null), isSame);

    private static AfPacketFanoutGroup Group(int members, int queues) => new()
    {
        Sockets =
        [
            .. Enumerable.Range(0, members).Select(i => new AfPacketSocket
            {
                InterfaceName = "ens1f0", Inode = 1000 + i, FanoutId = 99, FanoutMode = AfPacketFanoutMode.QueueMapping, ProcessId = 7, ProcessName = "Suricata-Main",
            }),
        ],
        Driver = "i40e",
        Queues = queues,
        IrqCpus = Enumerable.Range(0, queues).ToDictionary(queue => queue, queue => queue),
    };

    private static DateTime At(int second) => new(2026, 11, 28, 0, 0, second % 60, DateTimeKind.Utc);

    private static IEnumerable<int[]> Permutations(int count) =>
        count == 0 ? [[]] : Permutations(count - 1).SelectMany(shorter => Enumerable.Range(0, count).Select(at => (int[])[.. shorter[..at], count - 1, .. shorter[at..]]));
}
