using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Rss.Balance;

/// <summary>Several threads that count one capture; they come to the results of one.</summary>
/// <remarks>
/// A capture is read in pieces. Where packets begin is known only from the packets before, so that is found piece after piece; it takes little
/// time. Reading a piece (the kernel's copy is the most of it) and counting its packets go side by side, each thread with buffers and a flow
/// table of its own: what one has read is in the cache of its core, and for another core to count it took half as long again. When there are
/// more flows than fit those tables, they are joined, and from then on the order counts: the headers of the packets are read side by side, and
/// so do the parts of the one flow table go, each of which takes its packets in the order of the capture. A thread takes what can be done next,
/// its own before another's. What cannot be read at any place (a pipe, what is compressed) is read piece after piece too.
/// </remarks>
internal sealed class CaptureTeam
{
    private const int Spins = 30;

    // One that is filled and counted again and again, and those whose packets wait for the parts of the flow table when the order counts.
    private const int SlabsOfMember = 3;

    private readonly CaptureFile _file;
    private readonly CaptureReader _reader;
    private readonly BalanceMeter _meter;
    private readonly int _members;
    private readonly int _size;
    private readonly SafeFileHandle? _handle;
    private readonly object _gate = new();
    private readonly SlabNotes[][] _slabs;
    private readonly SlabNotes?[] _underway;
    private readonly long[] _nextOfPart = new long[FlowPart.Number];
    private readonly bool[] _isPartTaken = new bool[FlowPart.Number];
    private long _position;
    private long _toLoad;
    private long _toFind;
    private long _deadline;
    private int _busy;
    private int _waiting;
    private bool _isLoading;
    private bool _isFinding;
    private bool _isEnded;
    private bool _isBroken;

    // When the flows no longer fit the tables that the threads have of their own.
    private bool _isJoining;
    private bool _isJoined;
    private int _counting;

    /// <summary>Makes a team.</summary>
    /// <param name="file">The capture.</param>
    /// <param name="reader">Its reader, which has read its head.</param>
    /// <param name="meter">What counts.</param>
    /// <param name="members">How many threads.</param>
    /// <param name="size">Bytes of a piece.</param>
    public CaptureTeam(CaptureFile file, CaptureReader reader, BalanceMeter meter, int members, int size = CaptureSlab.Size)
    {
        _file = file;
        _reader = reader;
        _meter = meter;
        _members = members;
        _size = size;
        _handle = file.Handle;
        _position = file.Position;
        _meter.Fork(members);
        _slabs = [.. Enumerable.Range(0, members).Select(member => Enumerable.Range(0, SlabsOfMember).Select(_ => new SlabNotes(size, member)).ToArray())];
        _underway = new SlabNotes?[members * SlabsOfMember];
    }

    /// <summary>Number of the piece from which on the order of the capture counts; null while each thread counts for itself.</summary>
    public long? OrderedFrom { get; private set; }

    private enum Task
    {
        None,
        Load,
        Sort,
        Join,
        AddPart,
    }

    /// <summary>Counts for a while.</summary>
    /// <returns>False at the end of the capture.</returns>
    public bool Read()
    {
        _deadline = Environment.TickCount64 + Crew.Milliseconds;
        Crew.Run(_members, Work, () => Change(() => _isBroken = true));
        if (_handle is not null)
        {
            _file.Position = Math.Min(_position, _file.Length);
        }

        return !_isEnded;
    }

    private void Work(int member)
    {
        int spins = 0;
        while (TryTake(member, spins >= Spins, out Task task, out SlabNotes? slab, out int part))
        {
            spins = task == Task.None ? spins + 1 : 0;
            switch (task)
            {
                case Task.Load:
                    Load(slab!);
                    break;
                case Task.Sort:
                    Sort(slab!, member);
                    break;
                case Task.Join:
                    _meter.Join(_members);
                    Change(() => _isJoined = true);
                    break;
                case Task.AddPart:
                    _meter.AddPart(slab!, part);
                    Change(() => LeavePart(slab!, part));
                    break;
                default:
                    Thread.SpinWait(50);
                    break;
            }
        }
    }

    // False when there is nothing left to do; no task when there is nothing just now.
    private bool TryTake(int member, bool mayWait, out Task task, out SlabNotes? slab, out int part)
    {
        lock (_gate)
        {
            while (true)
            {
                task = Choose(member, mayWait, out slab, out part);
                if (task != Task.None)
                {
                    return true;
                }

                if (_isBroken || (_busy == 0 && !MayLoad()))
                {
                    return false;
                }

                if (!mayWait)
                {
                    return true;
                }

                _waiting++;
                _ = Monitor.Wait(_gate);
                _waiting--;
            }
        }
    }

    private Task Choose(int member, bool mayWait, out SlabNotes? slab, out int part)
    {
        part = 0;
        slab = Underway(_toFind);

        // What a thread has read lies in the cache of its core: another one takes it only when it has nothing else to do.
        if (!_isFinding && slab?.State == SlabState.Loaded && (slab.Member == member || mayWait))
        {
            _isFinding = true;
            slab.State = SlabState.Sorting;
            return Task.Sort;
        }

        if (OrderedFrom is not null && !_isJoining && _counting == 0)
        {
            _isJoining = true;
            return Task.Join;
        }

        // The same thread for a part where that can be, for the sake of its cache.
        if (TryTakePart(part => part % _members == member, out slab, out part))
        {
            return Task.AddPart;
        }

        if (MayLoad() && TryTakeFree(member, out slab) && (_handle is not null || !_isLoading))
        {
            slab.Number = _toLoad++;
            slab.State = SlabState.Loading;
            PlaceOf(slab.Number) = slab;
            slab.Piece.Reset();
            slab.Piece.Offset = _position;
            _position += _size;
            _isLoading = true;
            _busy++;
            return Task.Load;
        }

        return TryTakePart(_ => true, out slab, out part) ? Task.AddPart : Task.None;
    }

    private bool TryTakePart(Func<int, bool> isMine, out SlabNotes? slab, out int part)
    {
        for (part = 0; _isJoined && part < FlowPart.Number; part++)
        {
            slab = Underway(_nextOfPart[part]);
            if (!_isPartTaken[part] && isMine(part) && slab?.State == SlabState.Sorted)
            {
                _isPartTaken[part] = true;
                return true;
            }
        }

        slab = null;
        part = 0;
        return false;
    }

    private bool MayLoad() => !_isEnded && !_isBroken && Environment.TickCount64 < _deadline;

    // A slab of the thread's own, the same one again where that can be: its memory is in the cache of no other core. None as long as it has one
    // whose packets are not found.
    private bool TryTakeFree(int member, [NotNullWhen(true)] out SlabNotes? slab)
    {
        SlabNotes[] own = _slabs[member];
        slab = PlaceOf(_toLoad) is null && !Array.Exists(own, notes => notes.State == SlabState.Loaded)
            ? Array.Find(own, notes => notes.State == SlabState.Free)
            : null;
        return slab is not null;
    }

    private SlabNotes? Underway(long number) => PlaceOf(number) is SlabNotes slab && slab.Number == number ? slab : null;

    private ref SlabNotes? PlaceOf(long number) => ref _underway[number % _underway.Length];

    private void Load(SlabNotes slab)
    {
        slab.Piece.Load(_handle is null ? (target, _) => _file.Content.Read(target) : (target, offset) => RandomAccess.Read(_handle, target, offset));
        Change(() =>
        {
            _isLoading = false;
            slab.State = SlabState.Loaded;
            if (_isEnded)
            {
                Free(slab);
            }
        });
    }

    private void Sort(SlabNotes slab, int member)
    {
        bool hasMore = _reader.Find(slab.Piece);
        bool isApart = false;
        Change(() =>
        {
            _isFinding = false;
            _toFind++;
            _isEnded = !hasMore;
            isApart = OrderedFrom is null && _meter.HasRoom(slab.Piece.Packets.Length, member);
            if (isApart)
            {
                _counting++;
            }
            else if (OrderedFrom is null)
            {
                OrderedFrom = slab.Number;
                Array.Fill(_nextOfPart, slab.Number);
            }

            foreach (SlabNotes? behind in _underway)
            {
                if (_isEnded && behind?.State == SlabState.Loaded)
                {
                    Free(behind);
                }
            }
        });
        if (isApart)
        {
            _meter.Count(slab, member);
        }
        else
        {
            _meter.Sort(slab);
        }

        Change(() =>
        {
            _meter.Add(slab.Sums, _reader);
            if (isApart)
            {
                _counting--;
                Free(slab);
            }
            else
            {
                slab.PartsLeft = FlowPart.Number;
                slab.State = SlabState.Sorted;
            }
        });
    }

    private void LeavePart(SlabNotes slab, int part)
    {
        _isPartTaken[part] = false;
        _nextOfPart[part]++;
        if (--slab.PartsLeft == 0)
        {
            Free(slab);
        }
    }

    private void Free(SlabNotes slab)
    {
        slab.State = SlabState.Free;
        PlaceOf(slab.Number) = null;
        _busy--;
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            if (_waiting > 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }
}
