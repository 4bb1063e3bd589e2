using System.Diagnostics;
using System.Globalization;

namespace ZeptAdmin.Benchmarks;

/// <summary>
/// dotnet run -c Release --project tests/ZeptAdmin.Benchmarks -- --scaling: what a second thread gives Measure-RssBalance. One thread, two, and two
/// runs at once take turns, and the ratio is that of neighbours: BenchmarkDotNet measures each by itself, and a machine that others use is another
/// one by then. Two runs at once are what two cores of the machine give at best.
/// </summary>
internal static class ScalingRun
{
    private const int Rounds = 20;
    private const int WarmUps = 3;

    public static void Run()
    {
        foreach (int bytes in new[] { 64, 600 })
        {
            BalanceBenchmark benchmark = new() { MeanBytes = bytes };
            benchmark.Write();
            try
            {
                (double One, double Two, double Both)[] rounds =
                [
                    .. Enumerable.Range(0, WarmUps + Rounds).Select(_ => (
                        NanosecondsOf(() => benchmark.OneSetting()), NanosecondsOf(() => benchmark.OneSettingTwoThreads()), NanosecondsOf(benchmark.TwoRunsAtOnce) / 2)).Skip(WarmUps),
                ];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                    {bytes} bytes, {Rounds} rounds: middle and least nanoseconds a packet; how many times as fast as one thread, lower quartile, middle, upper quartile
                      one thread       {Times(rounds.Select(round => round.One))}
                      two threads      {Times(rounds.Select(round => round.Two))}   {Ratios(rounds.Select(round => round.One / round.Two))}
                      two runs at once {Times(rounds.Select(round => round.Both))}   {Ratios(rounds.Select(round => round.One / round.Both))}
                    """));
            }
            finally
            {
                benchmark.Delete();
            }
        }
    }

    private static double NanosecondsOf(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / BalanceBenchmark.Packets;
    }

    private static string Times(IEnumerable<double> times) => string.Create(CultureInfo.InvariantCulture, $"{At(times, 0.5),6:F1} {At(times, 0),6:F1}");

    private static string Ratios(IEnumerable<double> ratios) => string.Create(CultureInfo.InvariantCulture, $"{At(ratios, 0.25):F2} {At(ratios, 0.5):F2} {At(ratios, 0.75):F2}");

    private static double At(IEnumerable<double> values, double part) => values.Order().ElementAt((int)(part * (Rounds - 1)));
}
