using ZeptAdmin.Cpus;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Cpus;

public sealed class CpuPrefetcherTests : IDisposable
{
    private readonly CpuMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_bit_that_is_set_is_a_prefetcher_that_is_off()
    {
        CpuPrefetcher[] prefetchers = CpuPrefetchers.Get(_machine.Machine).Value;

        Assert.Equal(16, prefetchers.Length);
        Assert.Equal([(1, "L2AdjacentLine"), (3, "L2AdjacentLine")], prefetchers.Where(each => !each.IsEnabled).Select(each => (each.Cpu, each.Name)));
        Assert.Equal(2, CpuPrefetchers.DdioWays(_machine.Machine, 0).Value);
    }

    [Theory]
    [InlineData("L2Hardware", 0x21)]
    [InlineData("L2AdjacentLine", 0x22)]
    [InlineData("DcuHardware", 0x24)]
    [InlineData("DcuIp", 0x28)]
    public void One_bit_is_written_for_both_threads_of_a_core_and_taken_back(string name, int expected)
    {
        string before = _machine.State();
        CpuPrefetcher prefetcher = CpuPrefetchers.Get(_machine.Machine).Value.Single(each => each.Cpu == 0 && each.Name == name);

        string[] made = _machine.Make(CpuPrefetchers.Plan(_machine.Machine, [(prefetcher, false)]));

        Assert.Equal([$"Set the prefetcher '{name}' of CPU 0,2 from on to off"], made);
        Assert.Equal(((ulong)expected, 0x22ul), (_machine.Registers.Values[(0, 0x1a4)], _machine.Registers.Values[(1, 0x1a4)]));
        _machine.Undo();
        Assert.Equal(before, _machine.State());
    }

    [Theory]
    [InlineData(Errno.EPERM, "lockdown")]
    [InlineData(Errno.EIO, "hypervisor")]
    public void A_refused_write_says_what_it_means(Errno errno, string word)
    {
        _machine.Registers.WriteErrno = errno;
        CpuPrefetcher prefetcher = CpuPrefetchers.Get(_machine.Machine).Value[0];

        KernelException refused = Assert.Throws<KernelException>(() => _machine.Make(CpuPrefetchers.Plan(_machine.Machine, [(prefetcher, false)])));

        Assert.Equal(errno, refused.Errno);
        Assert.Contains(word, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_module_msr_it_says_which_to_load()
    {
        _machine.Registers.ReadErrno = Errno.ENOENT;

        Assert.Contains("modprobe msr", CpuPrefetchers.Get(_machine.Machine).Refusal!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vendor_id : AuthenticAMD\ncpu family : 25\nmodel : 17\nflags : fpu\n", "AMD")]
    [InlineData("vendor_id : GenuineIntel\ncpu family : 6\nmodel : 85\nflags : fpu hypervisor\n", "hypervisor")]
    [InlineData("vendor_id : GenuineIntel\ncpu family : 6\nmodel : 151\nflags : fpu\n", "hybrid")]
    [InlineData("CPU implementer : 0x41\n", "this processor")]
    public void Other_processors_are_told(string cpuinfo, string word)
    {
        _ = _machine.Machine.With("/proc/cpuinfo", cpuinfo);

        Refusal refusal = CpuPrefetchers.Get(_machine.Machine).Refusal!;

        Assert.Equal(Errno.EOPNOTSUPP, refusal.Errno);
        Assert.Contains(word, refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(Errno.EOPNOTSUPP, CpuPrefetchers.DdioWays(_machine.Machine, 0).Refusal!.Errno);
    }

    [Fact]
    public void No_model_is_on_record_twice() => Assert.Empty(
        from fact in ProcessorFact.All
        from model in fact.Models
        group fact by (fact.Vendor, fact.Family, model) into same
        where same.Count() > 1
        select same.Key);

    [Fact]
    public void Registers_survive_their_recording()
    {
        RecordingMsr recording = new(_machine.Registers, TestContext.Current.CancellationToken);
        _ = recording.Read(1, 0x1a4);
        _machine.Registers.ReadErrno = Errno.EIO;
        _ = recording.Read(0, 0xc8b);
        _machine.Registers.ReadErrno = Errno.ENOENT;
        _ = recording.Read(2, 0xc8b);

        RecordedMsr replay = new(string.Join('\n', recording.Lines.Values), "msr.txt");

        Assert.Equal(0x22ul, replay.Read(1, 0x1a4).Value);
        Assert.Equal(Errno.EIO, replay.Read(0, 0xc8b).Refusal!.Errno);
        Assert.Equal(Errno.ENODATA, replay.Read(2, 0xc8b).Refusal!.Errno);
        Assert.Equal(Errno.EROFS, replay.Write(1, 0x1a4, 0)!.Errno);
    }

    [Theory]
    [InlineData("0 1a4")]
    [InlineData("x 1a4 0")]
    [InlineData("0 1a4 zz")]
    [InlineData("0 1a4 errno=x")]
    public void A_line_that_is_none_is_told_with_its_number(string line) =>
        Assert.Equal(2, Assert.Throws<KernelFormatException>(() => new RecordedMsr($"# registers\n{line}\n", "msr.txt")).Line);
}
