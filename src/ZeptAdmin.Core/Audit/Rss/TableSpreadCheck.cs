using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>H8: the indirection table names all queues, and about as often.</summary>
internal sealed class TableSpreadCheck() : InterfaceCheck(
    "H8.TableSpread",
    CheckCategory.Rss,
    "all queues, about equally often",
    "The table turns hashes into queues: one that it leaves out gets nothing, one that it names twice as often gets twice as much. A change of channels resets it on some drivers.",
    "field.md H8, H9")
{
    // 128 entries over 6 queues are 21 and 22; over 48 queues 2 and 3, which no table of 128 can do better.
    private const double MostSkew = 1.1;

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        Answer<NicRss> answer = subject.Rss(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        NicRss rss = answer.Value;
        if (rss.TableSize is not int size)
        {
            return rss.Queues == 1
                ? Result(NotApplicable, interfaceName, Expected, "one queue")
                : Result(Unknown, interfaceName, Expected, "the driver shows no table");
        }

        int most = rss.QueueShare.Max(queue => queue.Entries);
        int least = rss.QueueShare.Min(queue => queue.Entries);
        int queues = rss.QueueShare.Length;
        string remedy = $"Set-NicRss {Quote(interfaceName)} -Queue {rss.Queues ?? queues}";
        CpuList beyond = CpuList.Of(rss.QueueShare.Select(queue => queue.Queue).Where(queue => queue >= rss.Queues).Take(64).Where(queue => queue <= CpuList.Highest));
        if (!beyond.IsEmpty)
        {
            return Result(Fail, interfaceName, Expected, $"it names queues {beyond}, of {rss.Queues}", remedy);
        }

        if (least == 0)
        {
            CpuList unused = CpuList.Of(rss.QueueShare.Where(queue => queue.Entries == 0).Select(queue => queue.Queue));
            return Result(Warn, interfaceName, Expected, $"queue{(unused.Count == 1 ? "" : "s")} {unused} of {queues} get{(unused.Count == 1 ? "s" : "")} nothing", remedy);
        }

        bool isEven = most - least <= 1 || most <= least * MostSkew;
        string skew = most == least ? "" : string.Create(CultureInfo.InvariantCulture, $", {Words.Number(((double)most * queues / size * 100) - 100, "0")} % above the mean");
        return Result(isEven ? Pass : Warn, interfaceName, Expected, $"{rss.TableSummary} queue{(queues == 1 ? "" : "s")}{skew}", remedy);
    }
}
