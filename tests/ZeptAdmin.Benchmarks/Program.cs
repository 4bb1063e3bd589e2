using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ZeptAdmin.Benchmarks;

/// <summary>
/// dotnet run -c Release --project tests/ZeptAdmin.Benchmarks [-- --filter PATTERN]. Figures are ratios measured side by side in one run:
/// the module's answer in a warm engine against the tool that it replaces, started as people start it. On a machine that has other work, Min is
/// the figure to go by. --scaling is a run of its own (<see cref="ScalingRun"/>).
/// </summary>
internal static class Program
{
    private static void Main(string[] args)
    {
        if (args is ["--scaling"])
        {
            ScalingRun.Run();
            return;
        }

        Job job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(12);
        IConfig config = DefaultConfig.Instance.AddJob(job).AddColumn(StatisticColumn.Median, StatisticColumn.Min).WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(60)).HideColumns(Column.Job, Column.Toolchain, Column.IterationCount, Column.WarmupCount);
        _ = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args, config);
    }
}
