using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Tests.Irqs;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Tests.Changes;

public sealed class ConfigFileSettingTests : IDisposable
{
    private const string NodeCfg = "/opt/zeek/etc/node.cfg";
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly ZeekConfigFileSetting _setting = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_file_is_written_once_and_one_that_was_there_is_kept_beside_it()
    {
        using SmallMachine machine = new();

        Assert.Null(_setting.Write(machine, NodeCfg, Value("[one]\n")));
        Assert.Equal([(NodeCfg, "[one]\n")], machine.Writes);

        machine.Writes.Clear();
        Assert.Null(_setting.Write(machine, NodeCfg, Value("[two]\n")));
        Assert.Equal([(NodeCfg + ".zeptadmin-old", "[one]\n"), (NodeCfg, "[two]\n")], machine.Writes);
    }

    [Fact]
    public void A_new_file_comes_with_its_folder_and_undoing_takes_the_file_away()
    {
        using Sensor machine = Sensor.Open(snapshot: null);
        string path = Path.Combine(_folder.Path, "cluster", "one", "node.cfg");
        PlannedChange change = _setting.Plan(machine, path, "[one]\n", Mode, owner: null).Value;

        Assert.Null(_setting.Write(machine, path, change.After));
        Assert.Equal("[one]\n", File.ReadAllText(path));
        Assert.Equal(Mode, File.GetUnixFileMode(path));
        Assert.True(JToken.DeepEquals(change.After, _setting.Read(machine, path).Value));

        Assert.Null(_setting.Write(machine, path, change.Before));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_a_refusal()
    {
        using Sensor machine = Sensor.Open(snapshot: null);
        string file = _folder.Write("file", "");

        Assert.Equal(Errno.EEXIST, _setting.Write(machine, Path.Combine(file, "node.cfg"), Value("[one]\n"))?.Errno);
    }

    private static JObject Value(string text) => new() { ["Text"] = text, ["Mode"] = (int)Mode };
}
