namespace ZeptAdmin.Tests.Remoting;

/// <summary>Machines of the test's own: network namespaces, each joined to this one by a veth pair; gone after the test.</summary>
internal sealed class SensorNamespaces : IDisposable
{
    // Numbers of a /24 in /30s; the kernel takes an old pair away some time after its namespace, so that none is used again at once.
    private const int Most = 63;

    private static int _next;

    private readonly List<string> _made = [];

    /// <summary>Makes namespaces; skips the test, saying so, where that is not allowed.</summary>
    public SensorNamespaces(int count)
    {
        ExternalTool.NeedRoot();
        int process = Environment.ProcessId;
        try
        {
            for (int made = 0; made < count; made++)
            {
                int i = (Interlocked.Increment(ref _next) - 1) % Most;

                // One /30 a sensor out of 10.99.0.0/16, by the process, so that two test runs keep apart.
                string name = $"zept{process}-{i}";
                string here = $"zt{process % 100000}h{i}";
                string there = $"zt{process % 100000}s{i}";
                string network = $"10.99.{process % 250}";
                (int exitCode, _, string errors) = ExternalTool.TryRun("ip", "netns", "add", name);
                Assert.SkipUnless(exitCode == 0, $"network namespaces cannot be made here: {errors.Trim()}");
                _made.Add(name);
                Ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
                Ip("addr", "add", $"{network}.{(i * 4) + 1}/30", "dev", here);
                Ip("link", "set", here, "up");
                Ip("-n", name, "addr", "add", $"{network}.{(i * 4) + 2}/30", "dev", there);
                Ip("-n", name, "link", "set", there, "up");
                Sensors.Add(new SensorNamespace(name, $"{network}.{(i * 4) + 2}", there));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The machines.</summary>
    public List<SensorNamespace> Sensors { get; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        // A namespace that goes takes its end of the pair along, and so the other.
        foreach (string name in _made)
        {
            _ = ExternalTool.TryRun("ip", "netns", "delete", name);
        }
    }

    private static void Ip(params string[] arguments) => _ = ExternalTool.Run("ip", arguments);
}

/// <summary>One machine.</summary>
/// <param name="Name">Its namespace.</param>
/// <param name="Address">Its address.</param>
/// <param name="Interface">Its interface, which no other machine has.</param>
internal sealed record SensorNamespace(string Name, string Address, string Interface);
