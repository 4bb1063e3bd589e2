using ZeptAdmin.Logs;

namespace ZeptAdmin.Tests.Logs;

/// <summary>Reads logs to their end, as the commands do.</summary>
internal static class Reading
{
    public static (T[] Rows, string[] Warnings) All<T>(LogReader<T> reader)
        where T : class
    {
        List<T> rows = [];
        List<string> warnings = [];
        using (reader)
        {
            LogState state;
            do
            {
                state = reader.Read(rows);
                warnings.AddRange(reader.TakeWarnings());
            }
            while (state == LogState.More);
        }

        return ([.. rows], [.. warnings]);
    }

    /// <summary>What is there at the moment of logs that are followed.</summary>
    public static T[] Now<T>(LogReader<T> reader)
        where T : class
    {
        List<T> rows = [];
        while (reader.Read(rows) == LogState.More)
        {
        }

        return [.. rows];
    }

    public static (ZeekStatistic[] Rows, string[] Warnings) Statistics(string path, LogQuery? query = null) =>
        All(ZeekStatistics.Open([new LogFile(path)], query ?? new LogQuery()));

    public static (ZeekCaptureLoss[] Rows, string[] Warnings) CaptureLosses(string path, LogQuery? query = null) =>
        All(ZeekCaptureLosses.Open([new LogFile(path)], query ?? new LogQuery()));

    public static (SuricataStatistic[] Rows, string[] Warnings) Suricata(string path, LogQuery? query = null) =>
        All(SuricataStatistics.Open([new LogFile(path)], query ?? new LogQuery()));

    public static (SuricataCounter[] Rows, string[] Warnings) Counters(string path, Func<string, bool>? wants = null) =>
        All(SuricataStatistics.OpenCounters([new LogFile(path)], new LogQuery(), wants ?? (_ => true)));
}
