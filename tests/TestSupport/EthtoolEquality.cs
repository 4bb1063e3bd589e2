using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests;

/// <summary>What ethtool printed, and how it ended.</summary>
/// <param name="ExitCode">0 when it succeeded.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record EthtoolText(int ExitCode, string Output, string Errors);

/// <summary>Holds what the module reads against what Debian's ethtool prints, figure by figure, refusals included.</summary>
/// <remarks>
/// The sensor may be live or a snapshot, and the texts may come from a process or from files that a virtual machine wrote:
/// <c>new EthtoolEquality(sensor, "eth0", option => text of "ethtool OPTION eth0")</c>, then <see cref="CompareAll"/>.
/// ethtool's text is understood here and nowhere in the module. ethtool asks by netlink and prints n/a where the ioctl gives 0.
/// </remarks>
internal sealed class EthtoolEquality(Sensor sensor, string interfaceName, Func<string, EthtoolText> ethtool)
{
    private readonly List<string> _differences = [];

    /// <summary>Options of ethtool that are compared; "" is the plain command.</summary>
    public static readonly string[] Options = ["", "-i", "-g", "-l", "-c", "-a", "-k", "--show-priv-flags", "-P"];

    // ethtool's own names for kernel features: long name, pattern of kernel names.
    private static readonly (string LongName, string Before, string Behind)[] LegacyFeatures =
    [
        ("rx-checksumming", "rx-checksum", ""), ("tx-checksumming", "tx-checksum-", "*"), ("scatter-gather", "tx-scatter-gather", "*"),
        ("tcp-segmentation-offload", "tx-tcp", "*-segmentation"), ("generic-segmentation-offload", "tx-generic-segmentation", ""),
        ("generic-receive-offload", "rx-gro", ""), ("large-receive-offload", "rx-lro", ""), ("rx-vlan-offload", "rx-vlan-hw-parse", ""),
        ("tx-vlan-offload", "tx-vlan-hw-insert", ""), ("ntuple-filters", "rx-ntuple-filter", ""), ("receive-hashing", "rx-hashing", ""),
    ];

    /// <summary>How many figures and refusals were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>Compares everything; returns the differences, one line each.</summary>
    public IReadOnlyList<string> CompareAll()
    {
        CompareLink(ethtool(""));
        CompareDriver(ethtool("-i"));
        CompareRings(ethtool("-g"));
        CompareChannels(ethtool("-l"));
        CompareCoalesce(ethtool("-c"));
        ComparePause(ethtool("-a"));
        CompareFeatures(ethtool("-k"));
        ComparePrivateFlags(ethtool("--show-priv-flags"));
        ComparePermanentAddress(ethtool("-P"));
        return _differences;
    }

    private void CompareLink(EthtoolText text)
    {
        Nic nic = NicReader.Get(sensor, interfaceName).Value;
        Dictionary<string, string> lines = Lines(text.Output);
        Answer<EthtoolLink> link = EthtoolLinkSettings.Get(sensor.Ethtool, interfaceName);
        Same("link settings known", lines.ContainsKey("Auto-negotiation"), link.IsKnown);
        if (link.IsKnown)
        {
            // ethtool leaves the line out when the driver gives 0 for "unknown" on kernels that check; both read as null.
            Same("Speed", Value(lines, "Speed").Replace("Unknown!", "", StringComparison.Ordinal), nic.SpeedMbps is long speed ? Text(speed) + "Mb/s" : "");
            Same("Duplex", Value(lines, "Duplex").Split(' ')[0].Replace("!", "", StringComparison.Ordinal), nic.Duplex.ToString());
            Same("Auto-negotiation", Value(lines, "Auto-negotiation"), OnOff(link.Value.Autoneg));
            string[] printed = [.. Modes(text.Output).Order(StringComparer.Ordinal)];
            string[] read = [.. nic.SupportedLinkModes.Where(mode => mode.Contains("base", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            Same("Supported link modes", string.Join(' ', printed), string.Join(' ', read));
        }

        Answer<bool> detected = EthtoolValues.GetLink(sensor.Ethtool, interfaceName);
        Same("Link detected", Value(lines, "Link detected"), detected.Try(out bool up) ? up ? "yes" : "no" : "");
    }

    private void CompareDriver(EthtoolText text)
    {
        Answer<EthtoolDriver> answer = EthtoolDriverInfo.Get(sensor.Ethtool, interfaceName);
        if (SameRefusal("-i", text, answer.Refusal))
        {
            Dictionary<string, string> lines = Lines(text.Output);
            EthtoolDriver driver = answer.Value;
            Same("driver", Value(lines, "driver"), driver.Driver);
            Same("version", Value(lines, "version"), driver.Version);
            Same("firmware-version", Value(lines, "firmware-version"), driver.FirmwareVersion.Trim());
            Same("bus-info", Value(lines, "bus-info"), driver.BusInfo);
            Same("supports-statistics", Value(lines, "supports-statistics"), driver.Counters > 0 ? "yes" : "no");
            Same("supports-priv-flags", Value(lines, "supports-priv-flags"), driver.PrivateFlags > 0 ? "yes" : "no");
            Nic nic = NicReader.Get(sensor, interfaceName).Value;
            Same("Nic.Driver", Known(lines, "driver"), nic.Driver);
            Same("Nic.DriverVersion", Known(lines, "version"), nic.DriverVersion);
            Same("Nic.Firmware", Known(lines, "firmware-version"), nic.Firmware);
            Same("Nic.BusInfo", Known(lines, "bus-info"), nic.BusInfo);
        }
    }

    private void CompareRings(EthtoolText text)
    {
        Answer<NicRing> answer = NicRings.Get(sensor, interfaceName);
        if (SameRefusal("-g", text, answer.Refusal))
        {
            (Dictionary<string, string> maxima, Dictionary<string, string> current) = Halves(text.Output);
            NicRing ring = answer.Value;
            EthtoolRingParam raw = EthtoolRings.Get(sensor.Ethtool, interfaceName).Value;
            SameNumber("-g RX maximum", Value(maxima, "RX"), ring.RxMaximum);
            SameNumber("-g TX maximum", Value(maxima, "TX"), ring.TxMaximum);
            SameNumber("-g RX Mini maximum", Value(maxima, "RX Mini"), raw.RxMiniMaxPending);
            SameNumber("-g RX Jumbo maximum", Value(maxima, "RX Jumbo"), raw.RxJumboMaxPending);
            SameNumber("-g RX", Value(current, "RX"), ring.Rx);
            SameNumber("-g TX", Value(current, "TX"), ring.Tx);
        }
    }

    private void CompareChannels(EthtoolText text)
    {
        Answer<NicChannel> answer = NicChannels.Get(sensor, interfaceName);
        if (SameRefusal("-l", text, answer.Refusal))
        {
            (Dictionary<string, string> maxima, Dictionary<string, string> current) = Halves(text.Output);
            NicChannel channel = answer.Value;
            (string Name, long Maximum, long Current)[] rows =
            [
                ("RX", channel.RxMaximum, channel.Rx), ("TX", channel.TxMaximum, channel.Tx),
                ("Other", channel.OtherMaximum, channel.Other), ("Combined", channel.CombinedMaximum, channel.Combined),
            ];
            foreach ((string name, long maximum, long now) in rows)
            {
                SameNumber($"-l {name} maximum", Value(maxima, name), maximum);
                SameNumber($"-l {name}", Value(current, name), now);
            }
        }
    }

    private void CompareCoalesce(EthtoolText text)
    {
        Answer<NicCoalesce> answer = NicCoalesces.Get(sensor, interfaceName);
        if (!SameRefusal("-c", text, answer.Refusal))
        {
            return;
        }

        NicCoalesce c = answer.Value;
        Dictionary<string, long> read = new()
        {
            ["stats-block-usecs"] = c.StatisticsMicroseconds,
            ["sample-interval"] = c.SampleIntervalSeconds,
            ["pkt-rate-low"] = c.PacketRateLow,
            ["pkt-rate-high"] = c.PacketRateHigh,
            ["rx-usecs"] = c.RxMicroseconds,
            ["rx-frames"] = c.RxFrames,
            ["rx-usecs-irq"] = c.RxMicrosecondsIrq,
            ["rx-frames-irq"] = c.RxFramesIrq,
            ["tx-usecs"] = c.TxMicroseconds,
            ["tx-frames"] = c.TxFrames,
            ["tx-usecs-irq"] = c.TxMicrosecondsIrq,
            ["tx-frames-irq"] = c.TxFramesIrq,
            ["rx-usecs-low"] = c.RxMicrosecondsLow,
            ["rx-frame-low"] = c.RxFramesLow,
            ["tx-usecs-low"] = c.TxMicrosecondsLow,
            ["tx-frame-low"] = c.TxFramesLow,
            ["rx-usecs-high"] = c.RxMicrosecondsHigh,
            ["rx-frame-high"] = c.RxFramesHigh,
            ["tx-usecs-high"] = c.TxMicrosecondsHigh,
            ["tx-frame-high"] = c.TxFramesHigh,
        };
        Dictionary<string, string> lines = Lines(text.Output);
        foreach ((string name, long value) in read)
        {
            SameNumber($"-c {name}", Value(lines, name), value);
        }

        // "Adaptive RX: off  TX: n/a"
        string[] adaptive = Value(lines, "Adaptive RX").Split("  TX: ");
        Same("-c adaptive", string.Join(' ', adaptive).Replace("n/a", "off", StringComparison.Ordinal), $"{OnOff(c.IsAdaptiveRx)} {OnOff(c.IsAdaptiveTx)}");
    }

    private void ComparePause(EthtoolText text)
    {
        Answer<NicPause> answer = NicPauses.Get(sensor, interfaceName);
        if (SameRefusal("-a", text, answer.Refusal))
        {
            Dictionary<string, string> lines = Lines(text.Output);
            Same("-a Autonegotiate", Value(lines, "Autonegotiate"), OnOff(answer.Value.Autoneg));
            Same("-a RX", Value(lines, "RX"), OnOff(answer.Value.Rx));
            Same("-a TX", Value(lines, "TX"), OnOff(answer.Value.Tx));
        }
    }

    private void CompareFeatures(EthtoolText text)
    {
        Answer<NicFeature[]> answer = NicFeatures.Get(sensor, interfaceName);
        if (!SameRefusal("-k", text, answer.Refusal))
        {
            return;
        }

        Dictionary<string, string> expected = [];
        HashSet<string> shown = [];
        foreach ((string longName, string before, string behind) in LegacyFeatures)
        {
            NicFeature[] members = Array.FindAll(answer.Value, feature => Matches(feature.Feature, before, behind) && shown.Add(feature.Feature));
            if (members.Length == 1)
            {
                expected[longName] = State(members[0]);
                continue;
            }

            expected[longName] = OnOff(Array.Exists(members, feature => feature.IsOn));
            foreach (NicFeature feature in members)
            {
                expected[feature.Feature] = State(feature);
            }
        }

        foreach (NicFeature feature in answer.Value.Where(feature => !shown.Contains(feature.Feature)))
        {
            expected[feature.Feature] = State(feature);
        }

        Dictionary<string, string> lines = Lines(text.Output);
        Same("-k features", string.Join(' ', lines.Keys.Order(StringComparer.Ordinal)), string.Join(' ', expected.Keys.Order(StringComparer.Ordinal)));
        foreach ((string name, string state) in expected)
        {
            Same($"-k {name}", Value(lines, name), state);
        }
    }

    private void ComparePrivateFlags(EthtoolText text)
    {
        Answer<NicPrivateFlag[]> answer = NicPrivateFlags.Get(sensor, interfaceName);
        if (SameRefusal("--show-priv-flags", text, answer.Refusal))
        {
            Dictionary<string, string> lines = Lines(text.Output);
            Same("private flags", string.Join(' ', lines.Keys), string.Join(' ', answer.Value.Select(flag => flag.Flag)));
            foreach (NicPrivateFlag flag in answer.Value)
            {
                Same($"private flag {flag.Flag}", Value(lines, flag.Flag), OnOff(flag.IsOn));
            }
        }
    }

    private void ComparePermanentAddress(EthtoolText text)
    {
        string printed = text.ExitCode == 0 ? Value(Lines(text.Output), "Permanent address").Replace("not set", "", StringComparison.Ordinal) : "";
        Same("-P", printed, NicReader.Get(sensor, interfaceName).Value.PermanentMacAddress ?? "");
    }

    // True when both sides have an answer; a refusal of one side only, or for another reason, is a difference.
    private bool SameRefusal(string option, EthtoolText text, Refusal? refusal)
    {
        string printed = text.ExitCode == 0 ? "" : text.Errors.Trim() is var errors && errors.Contains("Operation not supported", StringComparison.Ordinal)
            ? nameof(Errno.EOPNOTSUPP)
            : errors.Contains("No such device", StringComparison.Ordinal) ? nameof(Errno.ENODEV) : errors;
        Same($"{option} refused", printed, refusal?.Errno.ToString() ?? "");
        return text.ExitCode == 0 && refusal is null;
    }

    private void SameNumber(string what, string printed, long read) => Same(what, printed == "n/a" ? "0" : printed, Text(read));

    private void Same<T>(string what, T? printed, T? read)
    {
        Compared++;
        if (!EqualityComparer<T>.Default.Equals(printed, read))
        {
            _differences.Add($"{interfaceName} {what}: ethtool has '{printed}', the module '{read}'");
        }
    }

    private static string State(NicFeature feature) =>
        OnOff(feature.IsOn) + (feature.IsFixed ? " [fixed]" : feature.IsRequested == feature.IsOn ? "" : $" [requested {OnOff(feature.IsRequested)}]");

    private static bool Matches(string name, string before, string behind) => behind.Length == 0
        ? name == before
        : name.Length >= before.Length + behind.Length - 1 && name.StartsWith(before, StringComparison.Ordinal) && name.EndsWith(behind[1..], StringComparison.Ordinal);

    private static string OnOff(bool on) => on ? "on" : "off";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Value(Dictionary<string, string> lines, string name) => lines.GetValueOrDefault(name, "");

    private static string? Known(Dictionary<string, string> lines, string name) => Value(lines, name) is var text && text is "" or "N/A" ? null : Value(lines, name);

    // "name: value" below the headline; a name that comes twice keeps its first value.
    private static Dictionary<string, string> Lines(string text)
    {
        Dictionary<string, string> lines = [];
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal) is var at and >= 0 ? at : line.IndexOf(":\t", StringComparison.Ordinal);
            if (colon > 0)
            {
                _ = lines.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
            }
            else if (line.TrimEnd().EndsWith(':') && !line.Contains(' ', StringComparison.Ordinal))
            {
                _ = lines.TryAdd(line.Trim().TrimEnd(':'), "");
            }
        }

        return lines;
    }

    private static (Dictionary<string, string> Maxima, Dictionary<string, string> Current) Halves(string text)
    {
        string[] halves = text.Split("Current hardware settings:");
        return (Lines(halves[0]), Lines(halves.Length > 1 ? halves[1] : ""));
    }

    // The modes of "Supported link modes:", which go on over lines of their own.
    private static IEnumerable<string> Modes(string text)
    {
        bool inside = false;
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            inside = colon < 0 ? inside : line.Contains("Supported link modes:", StringComparison.Ordinal);
            if (inside)
            {
                foreach (string mode in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    if (mode.Contains("base", StringComparison.Ordinal))
                    {
                        yield return mode;
                    }
                }
            }
        }
    }
}
