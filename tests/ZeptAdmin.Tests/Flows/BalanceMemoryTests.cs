using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ZeptAdmin.Tests.Shell;

namespace ZeptAdmin.Tests.Flows;

/// <summary>The memory of Measure-RssBalance has an end, however long the capture and however many its flows.</summary>
public sealed partial class BalanceMemoryTests
{
    private const int MostKiB = 512 * 1024;
    private const int ToleranceKiB = 48 * 1024;

    // More flows than the table takes, so that it has grown as far as it goes; then three times as many bytes in fewer packets.
    private const int SmallPackets = 3_500_000;
    private const int SmallBytes = 64;
    private const int LargeBytes = 60_000;
    private const int LargePackets = 3 * SmallPackets / LargeBytes * (SmallBytes + 16);

    [Fact]
    public async Task A_stream_of_ever_new_flows_takes_no_more_memory_the_longer_it_is()
    {
        ProcessStartInfo start = new(
            Zept.Path, ["-Command", "$b = Measure-RssBalance - -Queue 4; \"$($b.Packets) $($b.Flows) $($b.IsFlowCountExact) $($sum = 0; $b.ByQueue | ForEach-Object { $sum += $_.Packets }; $sum)\"; [System.IO.File]::ReadAllText('/proc/self/status')"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process zept = Process.Start(start)!;
        Task<string> output = zept.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = zept.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Stream pipe = zept.StandardInput.BaseStream;

        await pipe.WriteAsync(Convert.FromHexString("D4C3B2A1020004000000000000000000FFFF000001000000"), TestContext.Current.CancellationToken);
        Send(pipe, SmallBytes, SmallPackets, firstFlow: 0);
        int first = PeakKiB(await File.ReadAllTextAsync($"/proc/{zept.Id}/status", TestContext.Current.CancellationToken));
        Send(pipe, LargeBytes, LargePackets, firstFlow: SmallPackets);
        pipe.Close();
        await zept.WaitForExitAsync(TestContext.Current.CancellationToken);
        string said = await output;

        Assert.Equal("", await errors);
        string[] counts = said.Split('\n')[0].Split(' ');
        string sent = (SmallPackets + LargePackets).ToString(CultureInfo.InvariantCulture);
        Assert.Equal((sent, "False", sent), (counts[0], counts[2], counts[3]));
        Assert.InRange(long.Parse(counts[1], CultureInfo.InvariantCulture) / (double)(SmallPackets + LargePackets), 0.98, 1.02);
        int last = PeakKiB(said);
        Assert.True(last < MostKiB, $"{last} KiB at the most");
        Assert.True(last < first + ToleranceKiB, $"{first} KiB at a quarter, {last} KiB at the end");
        TestContext.Current.SendDiagnosticMessage($"Measure-RssBalance: {first} KiB at a quarter of the stream, {last} KiB at its end.");
    }

    private static int PeakKiB(string status) => int.Parse(Peak().Match(status).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"VmHWM:\s+(\d+) kB")]
    private static partial Regex Peak();

    // Ethernet, IPv4, TCP, each packet of a flow of its own, many packets a write.
    private static void Send(Stream pipe, int bytes, int packets, int firstFlow)
    {
        int record = 16 + bytes;
        byte[] buffer = new byte[Math.Max(1, (1 << 20) / record) * record];
        for (int at = 0; at < buffer.Length; at += record)
        {
            Span<byte> packet = buffer.AsSpan(at, record);
            BinaryPrimitives.WriteInt32LittleEndian(packet[8..], bytes);
            BinaryPrimitives.WriteInt32LittleEndian(packet[12..], bytes);
            packet[28] = 0x08;
            packet[30] = 0x45;
            packet[39] = 6;
            BinaryPrimitives.WriteInt32BigEndian(packet[46..], 0x0A02_0001);
        }

        for (int left = packets; left > 0;)
        {
            int count = Math.Min(left, buffer.Length / record);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan((i * record) + 42), 0x0B00_0000 + firstFlow++);
            }

            pipe.Write(buffer, 0, count * record);
            left -= count;
        }
    }
}
