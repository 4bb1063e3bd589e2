using Microsoft.Win32.SafeHandles;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>Several threads that count one capture of pcap, each of them stretches of its own; they come to the results of one.</summary>
/// <remarks>
/// Where packets begin is known from the packets before only. A thread guesses where the first one of its stretch begins, and the guess holds
/// when the stretch before ends there. Then all were right, for the first stretch begins where the capture does. When one was wrong, and when
/// anything cannot be read, what was counted is forgotten, and <see cref="CaptureTeam"/> counts the capture from its beginning.
/// </remarks>
internal sealed class CaptureStretches : IDisposable
{
    /// <summary>Bytes of a stretch: enough that its beginning costs nothing, few enough that all threads end at a time.</summary>
    public const int Size = 2 * 1024 * 1024;

    // With fewer there is nothing to gain.
    private const int FewestStretches = 8;

    private readonly CaptureFile _file;
    private readonly CaptureReader _reader;
    private readonly BalanceMeter _meter;
    private readonly int _members;
    private readonly int _size;
    private readonly long _home;
    private readonly long _begin;
    private readonly long _length;
    private readonly long _stretches;
    private readonly CaptureReader[] _readers;
    private readonly CaptureSums[] _sums;
    private readonly object _gate = new();
    private readonly Dictionary<long, (long Begin, long End)> _counted = [];
    private long _deadline;
    private long _taken;
    private long _checked;
    private long _end;
    private long _mostPackets;
    private bool _isFull;

    private CaptureStretches(CaptureFile file, CaptureReader reader, BalanceMeter meter, int members, int size, SafeFileHandle handle)
    {
        _file = file;
        _reader = reader;
        _meter = meter;
        _members = members;
        _size = size;
        _home = file.Position;
        _begin = _end = file.Position - reader.Buffered;
        _length = file.Length;
        _stretches = (_length - _begin) / size;
        _readers = [.. Enumerable.Range(0, members).Select(_ => reader.ForStretches(new FileStream(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0)))];
        _sums = [.. Enumerable.Range(0, members).Select(_ => new CaptureSums())];
        _meter.Fork(members, isRevocable: true);
    }

    /// <summary>True when a guess was wrong or something could not be read: nothing is counted, and the reader is where it was.</summary>
    public bool IsWrong { get; private set; }

    /// <summary>True when all of the capture is counted but what came since; the reader goes on there.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Makes one; null when the capture cannot be read in stretches, or is too short for it.</summary>
    /// <param name="file">The capture.</param>
    /// <param name="reader">Its reader, which has read its head.</param>
    /// <param name="meter">What counts.</param>
    /// <param name="members">How many threads.</param>
    /// <param name="size">Bytes of a stretch.</param>
    public static CaptureStretches? Of(CaptureFile file, CaptureReader reader, BalanceMeter meter, int members, int size = Size) =>
        file.Handle is SafeFileHandle handle && reader.HasStretches && file.Length >= (long)size * FewestStretches
            ? new CaptureStretches(file, reader, meter, members, size, handle)
            : null;

    /// <summary>Counts for a while.</summary>
    /// <returns>
    /// False when it is over: at the end (<see cref="IsWhole"/>), in vain (<see cref="IsWrong"/>), or because the flows no longer fit the tables
    /// of the threads (the reader goes on behind the last stretch).
    /// </returns>
    public bool Read()
    {
        _deadline = Environment.TickCount64 + Crew.Milliseconds;
        Crew.Run(_members, Work, () => IsWrong = true);
        _file.Position = IsWrong ? _home : _end;
        IsWhole = !IsWrong && _taken == _stretches;
        if (IsWrong)
        {
            _meter.Revoke();
        }
        else if (IsWhole || _isFull)
        {
            _reader.Resume(_sums.Sum(sums => sums.Packets));
            Array.ForEach(_sums, sums => _meter.Add(sums, _reader));
        }

        return !(IsWrong || IsWhole || _isFull);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CaptureReader reader in _readers)
        {
            reader.Dispose();
        }
    }

    private void Work(int member)
    {
        CaptureReader reader = _readers[member];
        CaptureSums sums = _sums[member];
        while (TryTake(member, out long number))
        {
            long to = number == _stretches - 1 ? _length : FromOf(number + 1);
            long before = sums.Packets;
            long? begin = reader.Begin(FromOf(number), to, isPacket: number == 0);

            // What is cut short at the very end of the capture, the reader tells that goes on there.
            bool isCounted = begin is not null && _meter.Count(reader, member, sums) && (reader.Problem is null || to == _length);
            Note(number, begin ?? -1, isCounted ? reader.Position : -1, sums.Packets - before);
        }
    }

    private long FromOf(long number) => _begin + (number * _size);

    // A thread stops before its tables are full, so that all stretches before are whole: their flows are as many as twice those of the largest
    // stretch, at most, in a capture that was not made to fill them.
    private bool TryTake(int member, out long number)
    {
        lock (_gate)
        {
            number = _taken;
            _isFull = _isFull || !_meter.HasRoom(2 * _mostPackets, member);
            bool mayTake = !IsWrong && !_isFull && Environment.TickCount64 < _deadline && number < _stretches;
            _taken += mayTake ? 1 : 0;
            return mayTake;
        }
    }

    private void Note(long number, long begin, long end, long packets)
    {
        lock (_gate)
        {
            _mostPackets = Math.Max(_mostPackets, packets);
            _counted[number] = (begin, end);
            while (!IsWrong && _counted.Remove(_checked, out (long Begin, long End) stretch))
            {
                IsWrong = stretch.Begin != _end || stretch.End < 0;
                _end = stretch.End;
                _checked++;
            }
        }
    }
}
