using System.Globalization;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>A capture, counted by one thread or by several; the results are the same.</summary>
internal sealed class CaptureSource : TrafficSource
{
    private readonly CaptureFile _file;
    private readonly CaptureReader _reader;
    private readonly int _threads;
    private readonly int _stretch;
    private CaptureTeam? _team;

    /// <summary>Makes one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="reader">Its reader, which has read its head.</param>
    /// <param name="threads">How many threads.</param>
    /// <param name="stretch">Bytes that a thread of several counts by itself.</param>
    public CaptureSource(CaptureFile file, CaptureReader reader, int threads, int stretch = CaptureStretches.Size)
        : base(file, reader.Name)
    {
        _file = file;
        _reader = reader;
        _threads = threads;
        _stretch = stretch;
    }

    /// <summary>How several threads count, or have begun to; null when the capture cannot be counted so.</summary>
    public CaptureStretches? Stretches { get; private set; }

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings
    {
        get
        {
            foreach ((int linkType, long packets) in _reader.UnknownLinkTypes)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"'{Path}': link type {linkType} is not understood; its {packets} packets count as without a hash.");
            }

            if (_reader.Problem is string problem)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"'{Path}' is damaged or cut short: {problem}. The {_reader.Packets} packets before it are counted.");
            }
        }
    }

    /// <inheritdoc/>
    public override bool AddTo(BalanceMeter meter, int most)
    {
        if (_threads > 1 && _team is null && Stretches?.IsWhole != true)
        {
            Stretches ??= CaptureStretches.Of(_file, _reader, meter, _threads, _stretch);
            if (Stretches?.Read() == true)
            {
                return true;
            }

            _team = Stretches?.IsWhole == true ? null : new CaptureTeam(_file, _reader, meter, _threads);
        }

        // What came since the stretches ended, if anything, is little.
        return _team?.Read() ?? meter.Read(_reader, most);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Stretches?.Dispose();
        }

        base.Dispose(disposing);
    }
}
