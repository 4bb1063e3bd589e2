using System.Text;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Changes;

/// <summary>The memory of what was changed: append-only lines, each on the disk before the machine is touched.</summary>
/// <remarks>
/// One writer at a time (a lock on the journal's own folder); readers need no lock, since a line is whole or not there.
/// A line that a crash tore is passed over: the line after it starts afresh.
/// </remarks>
public sealed class Journal : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    private readonly FileStream _lock;
    private readonly FileStream _file;
    private readonly string _path;
    private long _lastId;

    private Journal(FileStream lockFile, FileStream file, string path, long lastId)
    {
        _lock = lockFile;
        _file = file;
        _path = path;
        _lastId = lastId;
    }

    /// <summary>Where the journal of this machine lives: /var/lib/zeptadmin/journal, or below what ZEPTADMIN_STATE names.</summary>
    public static string DefaultFolder =>
        Path.Combine(Environment.GetEnvironmentVariable("ZEPTADMIN_STATE") is { Length: > 0 } state ? state : "/var/lib/zeptadmin", "journal");

    /// <summary>Where the journal is in a snapshot.</summary>
    public const string SnapshotPath = "/var/lib/zeptadmin/journal/journal.jsonl";

    /// <summary>All whole lines of a machine's journal, or of the one that its snapshot holds; oldest first, empty when there is none.</summary>
    /// <exception cref="KernelException">It is there and may not be read.</exception>
    public static JournalEntry[] Read(Sensor sensor) => sensor.IsLive
        ? Read(DefaultFolder)
        : Parse(sensor.Files.ReadLines(SnapshotPath));

    /// <summary>All whole lines, oldest first; empty when there is no journal.</summary>
    /// <exception cref="KernelException">It is there and may not be read.</exception>
    public static JournalEntry[] Read(string folder)
    {
        string path = FilePath(folder);
        try
        {
            return Parse(File.ReadLines(path, Encoding.UTF8));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException)
        {
            throw new KernelException(new Refusal(Errno.EACCES, "read the journal", path) { Capability = "root" });
        }
    }

    /// <summary>Opens the journal to write, and keeps every other writer out until it is disposed.</summary>
    /// <exception cref="JournalException">Another writer is at work (EBUSY), or the disk is full, read-only or forbidden.</exception>
    public static Journal Open(string folder)
    {
        string path = FilePath(folder);
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new JournalException(new Refusal(Errno.ELOOP, "open the journal", path) { Detail = "It is a symbolic link." });
        }

        FileStream? lockFile = null;
        try
        {
            _ = Directory.CreateDirectory(folder, OwnerFolder);
            lockFile = new FileStream(
                Path.Combine(folder, "lock"),
                new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly });
            FileStream file = new(
                path,
                new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = OwnerOnly, BufferSize = 0 });
            JournalEntry[] entries = Read(folder);
            Journal journal = new(lockFile, file, path, entries.Length == 0 ? 0 : entries.Max(entry => entry.Id));
            journal.StartAfresh();
            return journal;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lockFile?.Dispose();
            Errno errno = e.ToErrno();
            throw new JournalException(errno == Errno.EAGAIN
                ? new Refusal(Errno.EBUSY, "open the journal", path) { Detail = "Another command of this module is changing this machine." }
                : new Refusal(errno, "open the journal", path) { Capability = "root" });
        }
    }

    /// <summary>Number for the next change.</summary>
    public long NextId() => ++_lastId;

    /// <summary>Appends a line and waits until the disk has it.</summary>
    /// <exception cref="JournalException">The disk did not take it.</exception>
    public void Append(JournalEntry entry)
    {
        byte[] line = Encoding.UTF8.GetBytes(entry.ToLine() + "\n");
        try
        {
            _file.Write(line);
            _file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(new Refusal(e.ToErrno(), "write the journal", _path));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    // A crash may have torn the last line; a new line must not be glued to it.
    private void StartAfresh()
    {
        using FileStream tail = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (tail.Length > 0)
        {
            _ = tail.Seek(-1, SeekOrigin.End);
            if (tail.ReadByte() != '\n')
            {
                _file.Write("\n"u8);
            }
        }
    }

    private static JournalEntry[] Parse(IEnumerable<string> lines) => [.. lines.Select(JournalEntry.FromLine).OfType<JournalEntry>()];

    private static string FilePath(string folder) => Path.Combine(folder, "journal.jsonl");
}

/// <summary>The journal cannot be written; so nothing is changed, whatever was asked for.</summary>
public sealed class JournalException(Refusal refusal) : KernelException(refusal);
