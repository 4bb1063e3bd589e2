using System.Globalization;
using ZeptAdmin.Drops;
using ZeptAdmin.Flows;
using ZeptAdmin.Logs;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Suricata;

/// <summary>The real Suricata on a veth of two queues: what the module says of its fanout group, held against what the engine itself counts.</summary>
public sealed class RealFanoutTests
{
    private const int Starts = 10;
    private const int Flows = 10_000;
    private const int MostTries = 10;

    // What is told apart has to differ by more than what may be on its way on each CPU.
    private static readonly int Few = 20 * Environment.ProcessorCount;

    [Fact]
    public void Started_ten_times_the_table_is_right_or_says_that_it_is_not_sure() => InNetwork((network, folder) =>
    {
        int whole = 0;
        for (int start = 0; start < Starts; start++)
        {
            using RealSuricata suricata = RealSuricata.Start(network, folder, Workers(99, threads: 2, isVersion3: start % 2 == 1), members: 2);
            AfPacketFanout told = default!;
            network.Run(() => told = Watch([Few + start, 3 * Few]));
            Dictionary<string, long> counted = WaitFor(suricata, (4 * Few) + start);

            // Any assignment that is claimed has to be that of the engine's own counters.
            foreach (AfPacketFanoutLink link in told.Links.Where(link => link is { Confidence: AfPacketFanoutConfidence.Measured, ThreadName: not null }))
            {
                Assert.Equal((start, counted[link.ThreadName!]), (start, link.Packets!.Value));
                Assert.Contains((link.ThreadName!, link.ThreadId!.Value), suricata.Threads());
                whole++;
            }

            Assert.All(told.Links.Where(link => link.Confidence != AfPacketFanoutConfidence.Undecided), link => Assert.Equal(suricata.ProcessId, link.ProcessId));
        }

        Assert.True(whole > 0, "no start was measured wholly: this shows nothing");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{whole} of {2 * Starts} queues measured down to the thread, none wrongly"));
    });

    [Fact]
    public void The_thread_that_Resolve_NsmFlow_names_is_the_one_whose_counters_move_for_ten_thousand_flows() => InNetwork((network, folder) =>
    {
        using RealSuricata suricata = RealSuricata.Start(network, folder, Workers(99, threads: 2), members: 2);
        network.Run(() =>
        {
            AfPacketFanout told = Watch([Few, 3 * Few]);
            Assert.All(told.Links, link => Assert.Equal((AfPacketFanoutConfidence.Measured, true), (link.Confidence, link.ThreadName is not null)));
            Dictionary<string, long> before = WaitFor(suricata, 4 * Few);

            // The sender plays the card: both directions of a flow on the queue of its hash.
            string[] threads = Resolve(told, [.. Enumerable.Range(0, Flows).Select(QueueOf)]);
            Assert.Equal(2, threads.Distinct().Count());
            long sent = 4 * Few;
            foreach (string thread in threads.Distinct())
            {
                int[] flows = [.. Enumerable.Range(0, Flows).Where(flow => threads[flow] == thread)];
                using (FrameSender sender = new("za"))
                {
                    foreach (IGrouping<int, int> queue in flows.GroupBy(QueueOf))
                    {
                        sender.ChooseQueue(queue.Key);
                        foreach (int flow in queue)
                        {
                            sender.Send(FrameSender.Udp(flow, isReturn: false));
                            sender.Send(FrameSender.Udp(flow, isReturn: true));
                        }
                    }
                }

                // All flows that were said to be this thread's, and not one of another.
                sent += 2L * flows.Length;
                Dictionary<string, long> after = WaitFor(suricata, sent);
                Assert.Equal(2L * flows.Length, after[thread] - before[thread]);
                Assert.All(after.Keys.Where(other => other != thread), other => Assert.Equal(before[other], after[other]));
                before = after;
            }

            Assert.Equal((4 * Few) + (2L * Flows), sent);
        });
    });

    // The answer is asked for all the while, of figures that are late and of rows that have only begun, too: it may be that nothing is decided, never another thread.
    [Fact]
    public void Rings_that_lose_packets_are_made_up_for_by_the_statistics_of_Suricata() => InNetwork((network, folder) =>
    {
        // Rings of few frames, which go round between two looks, or have no room. Suricata makes none shorter than what it may have in hand.
        string yaml = "max-pending-packets: 64\n" + Workers(99, threads: 2, isVersion3: false, ring: 64);
        using RealSuricata suricata = RealSuricata.Start(network, folder, yaml, members: 2);
        network.Run(() =>
        {
            int[] burst = [500, 1500];
            using Sensor sensor = Sensor.Open(null);
            AfPacketFanout group = Assert.Single(AfPacketFanouts.Test(sensor).Value);
            Assert.All(group.Sockets, socket => Assert.InRange(socket.RingBytes!.Value / socket.FrameBytes!.Value, 1, burst.Min() - 1));
            using AfPacketFanoutMeter meter = AfPacketFanoutMeter.Open(sensor, group, TimeSpan.FromSeconds(1)).Value;
            List<AfPacketFanoutLink> claims = [];
            suricata.WaitUntil(() => { meter.Look(); return meter.ReadersSeen == group.Members; }, "show which threads read its sockets");
            WaitForEvents(2, meter.Look);

            // Traffic until the statistics have told of it; then quiet, until they have told of all.
            int bursts = 0;
            WaitForEvents(3, () =>
            {
                using FrameSender sender = new("za");
                for (int queue = 0; queue < burst.Length; queue++)
                {
                    sender.ChooseQueue(queue);
                    for (int i = 0; i < burst[queue]; i++)
                    {
                        sender.Send(FrameSender.Udp(i, isReturn: false));
                    }
                }

                bursts++;
                _ = IsDecided();
            });
            long[] sent = [.. burst.Select(packets => (long)packets * bursts)];
            Dictionary<string, long> counted = WaitFor(suricata, sent.Sum(), () => _ = IsDecided());
            suricata.WaitUntil(() => { meter.Look(); return meter.PacketsSeen == sent.Sum(); }, "get all packets");
            WaitForEvents(1, meter.Look);
            suricata.WaitUntil(IsDecided, "have it decided");

            Assert.Equal(sent, counted.Values.Order());
            AfPacketFanoutLink[] decided = [.. claims.Where(link => link.Confidence == AfPacketFanoutConfidence.Measured)];
            Assert.All(decided, link => Assert.Equal((link.Queue, sent[link.Queue]), (link.Queue, counted[link.ThreadName!])));
            Assert.All(decided, link => Assert.Contains("by its own statistics", link.Evidence, StringComparison.Ordinal));
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{decided.Length} of {claims.Count} answers decided, none wrongly"));

            bool IsDecided()
            {
                AfPacketFanout told = meter.Tell((since, until) => DropLogs.Within(sensor, [], [new LogFile(suricata.Eve)], since, until, CancellationToken.None).Workers);
                claims.AddRange(told.Links);
                return Array.TrueForAll(told.Links, link => link.Confidence == AfPacketFanoutConfidence.Measured);
            }

            void WaitForEvents(int events, Action step)
            {
                DateTime start = DateTime.UtcNow;
                suricata.WaitUntil(() => { step(); return Events(suricata, start) >= events; }, $"tell its statistics {events} times");
            }
        });
    });

    [Fact]
    public void What_a_stopped_Suricata_loses_is_put_at_its_ring_with_its_own_count() => InNetwork(
        (network, folder) =>
        {
            using RealSuricata suricata = RealSuricata.Start(network, folder, Workers(99, threads: 2, ring: 512), members: 2);
            network.Run(() =>
            {
                using Engine engine = new();
                string snapshot = Path.Combine(folder.Path, "before.zip");
                Assert.Empty(engine.Run("Save-NsmSnapshot $args[0] -Interval 0", snapshot).Errors);
                suricata.Signal("STOP");
                using (CpuPinning pinning = new(0))
                using (FrameSender sender = new("za"))
                {
                    sender.ChooseQueue(1);
                    for (int i = 0; i < Flows; i++)
                    {
                        sender.Send(FrameSender.Udp(i % 1000, isReturn: false));
                    }
                }

                suricata.Signal("CONT");
                _ = WaitFor(suricata, Flows);
                long own = Statistics(suricata).Sum(row => row.KernelDrops ?? 0);
                EngineResult result = engine.Run("Get-PacketDrops zb -Since $args[0] -SuricataLog $args[1]", snapshot, suricata.Eve);

                Assert.Empty(result.Errors);
                PacketDrop[] rows = [.. result.Output.Select(row => Assert.IsType<PacketDrop>(row.BaseObject))];
                PacketDrop socket = Assert.Single(rows, row => row.Layer == DropLayer.Socket);
                Assert.InRange(own, 1, Flows - 1);
                Assert.Equal((own, (long)Flows), (socket.Dropped!.Value, socket.Packets!.Value));
                Assert.Contains("capture.kernel_drops", socket.Counters);
                Assert.All(rows.Where(row => row.Layer is not (DropLayer.Socket or DropLayer.Verdict)), row => Assert.True(row.Dropped is null or 0, $"{row.Layer} lost {row.Dropped}"));
                Assert.Equal((DropLayer.Socket, own), (rows[^1].LossyLayer, rows[^1].Dropped!.Value));
            });
        },
        isAlone: true);

    [Fact]
    public void Two_Suricatas_with_one_cluster_id_are_told_with_the_share_that_each_loses() => InNetwork((network, folder) =>
    {
        (RealSuricata first, RealSuricata second) = StartTogether(network, folder);
        using RealSuricata one = first;
        using RealSuricata other = second;
        network.Run(() =>
        {
            using Engine engine = new();
            AfPacketFanout told = Assert.IsType<AfPacketFanout>(engine.Run("Test-AfPacketFanout zb").Single);
            AfPacketFanoutFinding finding = Assert.Single(told.Findings, finding => finding.Id == "J9.TwoPrograms");
            Assert.Equal((4, AfPacketFanoutVerdict.Fail), (told.Members, finding.Severity));
            Assert.Matches($@"\(process {first.ProcessId}\) has 2 of 4 members and loses 50.?% of what it should see", finding.Finding);
            Assert.Matches($@"\(process {second.ProcessId}\) has 2 of 4 members and loses 50.?% of what it should see", finding.Finding);

            // Each of the two has what the other lacks; the kernel shares flows out by chance, and four in a hundred are six deviations.
            using (FrameSender sender = new("za"))
            {
                for (int flow = 0; flow < Flows; flow++)
                {
                    sender.Send(FrameSender.Udp(flow, isReturn: false));
                }
            }

            long share = 0;
            first.WaitUntil(() => (share = Counted(first)) + Counted(second) == Flows, "count all packets together with the other");
            Assert.InRange(share, Flows * 0.46, Flows * 0.54);
        });
    });

    // Suricata 7 tries its cluster-id out, with a socket of no interface, before it starts: where another has a group there, it opens one socket alone.
    [Fact]
    public void A_second_Suricata_that_comes_later_stays_out_of_the_group_and_both_see_all() => InNetwork((network, folder) =>
    {
        using RealSuricata first = RealSuricata.Start(network, folder, Workers(99, threads: 2), members: 2);
        using RealSuricata second = RealSuricata.Start(network, folder, Workers(99, threads: 2), members: 3);
        network.Run(() =>
        {
            AfPacketFanout told = Watch([Few, 3 * Few]);
            Assert.Equal((4L * Few, 4L * Few), (WaitFor(first, 4 * Few).Values.Sum(), WaitFor(second, 4 * Few).Values.Sum()));
            Assert.Equal(2, told.Members);
            Assert.DoesNotContain(told.Findings, finding => finding.Id == "J9.TwoPrograms");
            Assert.All(told.Links, link => Assert.Equal((AfPacketFanoutConfidence.Measured, first.ProcessId), (link.Confidence, link.ProcessId!.Value)));
        });
    });

    // Only while neither has its group yet do both join; that they do not is luck, so it is tried again.
    private static (RealSuricata First, RealSuricata Second) StartTogether(NetworkNamespace network, TemporaryFolder folder)
    {
        string yaml = Workers(99, threads: 2, type: "cluster_flow");
        for (int i = 0; i < MostTries; i++)
        {
            RealSuricata[] both = [.. Enumerable.Range(0, 2).AsParallel().Select(_ => RealSuricata.Start(network, folder, yaml, members: 2))];
            both[0].WaitUntil(() => !Array.Exists(both, suricata => suricata.Threads().All(thread => !thread.Name.StartsWith("W#", StringComparison.Ordinal))), "start its threads");
            int joined = 0;
            network.Run(() => joined = SpinWait.SpinUntil(() => Members() == 4, TimeSpan.FromSeconds(2)) ? 4 : Members());
            if (joined == 4)
            {
                return (both[0], both[1]);
            }

            Array.ForEach(both, suricata => suricata.Dispose());
        }

        Assert.Skip($"two Suricatas did not start at the same time in {MostTries} tries");
        throw new InvalidOperationException();

        static int Members()
        {
            using Sensor sensor = Sensor.Open(null);
            return AfPacketSockets.Get(sensor).Value.Count(socket => socket.FanoutId == 99);
        }
    }

    private static string Workers(int cluster, int threads, bool isVersion3 = true, int ring = 8192, string type = "cluster_qm") => string.Create(CultureInfo.InvariantCulture, $"""
        runmode: workers
        af-packet:
          - interface: zb
            threads: {threads}
            cluster-id: {cluster}
            cluster-type: {type}
            defrag: yes
            tpacket-v3: {(isVersion3 ? "yes" : "no")}
            ring-size: {ring}
        """);

    // What a card would do: a hash that is the same for both directions.
    private static int QueueOf(int flow) => (int)((uint)flow * 2654435761u >> 31);

    private static string[] Resolve(AfPacketFanout told, int[] queues)
    {
        using Engine engine = new();
        EngineResult result = engine.Run(
            """
            $i = 0
            $args[1] | ForEach-Object {
                [pscustomobject]@{ Source = "10.0.$($i -shr 8).$($i -band 255)"; Destination = '192.0.2.1'; SourcePort = 1024 + $i; DestinationPort = 53; Protocol = 'udp'; SeenQueue = $_ }
                $i++
            } | Resolve-NsmFlow -InterfaceName zb -Fanout $args[0]
            """,
            told,
            queues);
        Assert.Empty(result.Errors);
        Assert.Equal(queues.Length, result.Output.Length);
        return
        [
            .. result.Output.Select(item =>
            {
                NsmFlow flow = Assert.IsType<NsmFlow>(item.BaseObject);
                NsmFlowWorker worker = Assert.Single(flow.Forward.Workers);
                Assert.Equal((FlowConfidence.Measured, worker, true), (worker.Confidence, Assert.Single(flow.Return.Workers), flow.IsSameWorker!.Value));
                return worker.ThreadName!;
            }),
        ];
    }

    // Watches until all packets have come and the reader of each socket was seen; queue q brings packets[q].
    private static AfPacketFanout Watch(int[] packets)
    {
        using Sensor sensor = Sensor.Open(null);
        AfPacketFanout group = Assert.Single(AfPacketFanouts.Test(sensor).Value);
        using AfPacketFanoutMeter meter = AfPacketFanoutMeter.Open(sensor, group, TimeSpan.FromSeconds(1)).Value;
        using FrameSender sender = new("za");
        for (int queue = 0; queue < packets.Length; queue++)
        {
            sender.ChooseQueue(queue);
            for (int i = 0; i < packets[queue]; i++)
            {
                sender.Send(FrameSender.Udp(i, isReturn: false));
            }

            meter.Look();
        }

        _ = SpinWait.SpinUntil(
            () =>
            {
                meter.Look();
                return meter.PacketsSeen >= packets.Sum() && meter.ReadersSeen == group.Members;
            },
            TimeSpan.FromMinutes(1));
        return meter.Tell();
    }

    // Packets by thread, when all have been counted.
    private static Dictionary<string, long> WaitFor(RealSuricata suricata, long packets, Action? step = null)
    {
        Dictionary<string, long> counted = [];
        suricata.WaitUntil(
            () =>
            {
                step?.Invoke();
                counted = Statistics(suricata).ToDictionary(row => row.Thread, row => row.KernelPackets ?? 0);
                return counted.Values.Sum() >= packets;
            },
            string.Create(CultureInfo.InvariantCulture, $"count {packets} packets"));
        return counted;
    }

    // Events of statistics since an instant.
    private static int Events(RealSuricata suricata, DateTime since)
    {
        if (!File.Exists(suricata.Eve))
        {
            return 0;
        }

        using LogReader<SuricataStatistic> reader = SuricataStatistics.Open([new LogFile(suricata.Eve)], new LogQuery { IncludesWorker = name => name.StartsWith("W#01", StringComparison.Ordinal), After = since });
        List<SuricataStatistic> rows = [];
        while (reader.Read(rows) == LogState.More)
        {
        }

        return rows.Count;
    }

    private static long Counted(RealSuricata suricata) => Statistics(suricata).Sum(row => row.KernelPackets ?? 0);

    // The last statistics of each worker, in one event.
    private static SuricataStatistic[] Statistics(RealSuricata suricata)
    {
        if (!File.Exists(suricata.Eve))
        {
            return [];
        }

        using LogReader<SuricataStatistic> reader = SuricataStatistics.Open(
            [new LogFile(suricata.Eve)], new LogQuery { IncludesWorker = name => name.StartsWith("W#", StringComparison.Ordinal), Tail = 64 });
        List<SuricataStatistic> rows = [];
        while (reader.Read(rows) == LogState.More)
        {
        }

        return [.. rows.GroupBy(row => row.Thread).Select(thread => thread.Last())];
    }

    private static void InNetwork(Action<NetworkNamespace, TemporaryFolder> step, bool isAlone = false)
    {
        _ = RealSuricata.Root;
        using NetworkNamespace network = NetworkNamespace.WithVeth(queues: 2, isAlone: isAlone);
        using TemporaryFolder folder = new();
        step(network, folder);
    }
}
