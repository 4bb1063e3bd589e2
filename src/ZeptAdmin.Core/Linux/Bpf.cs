using System.Runtime.InteropServices;
using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>A BPF program as the kernel knows it.</summary>
/// <param name="Id">Its number, never used twice until reboot.</param>
/// <param name="Name">Its name, of 15 signs at most.</param>
/// <param name="Tag">The first 8 bytes of the digest of its instructions, in hexadecimal.</param>
/// <param name="Loaded">How long after boot it was loaded.</param>
/// <param name="UserId">Who loaded it.</param>
/// <param name="MapIds">Numbers of its maps.</param>
public sealed record BpfProgram(long Id, string Name, string Tag, TimeSpan Loaded, long UserId, long[] MapIds);

/// <summary>Asks the kernel for BPF programs and for the content of maps.</summary>
/// <remarks>
/// bpf(2), linux/bpf.h. A program or map by its number needs CAP_SYS_ADMIN (kernel/bpf/syscall.c, bpf_prog_get_fd_by_id), a map by its path in a bpffs
/// needs CAP_BPF where unprivileged BPF is off.
/// </remarks>
public static partial class Bpf
{
    private const int BPF_MAP_LOOKUP_ELEM = 1;
    private const int BPF_MAP_GET_NEXT_KEY = 4;
    private const int BPF_OBJ_GET = 7;
    private const int BPF_PROG_GET_FD_BY_ID = 13;
    private const int BPF_OBJ_GET_INFO_BY_FD = 15;
    private const uint BPF_F_RDONLY = 1 << 3;
    private const int AttributeLength = 128;
    private const int MostMaps = 64;

    // struct bpf_prog_info: type 0, id 4, tag 8, jited_prog_len 16, xlated_prog_len 20, both pointers 24 and 32, load_time 40, created_by_uid 48,
    // nr_map_ids 52, map_ids 56, name 64. The kernel fills as much as it is given room for.
    private const int InfoLength = 80;
    private const int Tag = 8;
    private const int LoadTime = 40;
    private const int UserId = 48;
    private const int MapCount = 52;
    private const int MapIds = 56;
    private const int Name = 64;
    private const int NameLength = 16;

    /// <summary>The program of a number.</summary>
    public static unsafe Answer<BpfProgram> Program(long id)
    {
        byte* attribute = stackalloc byte[AttributeLength];
        new Span<byte>(attribute, AttributeLength).Clear();
        *(uint*)attribute = (uint)id;
        int file = (int)Call(BPF_PROG_GET_FD_BY_ID, attribute);
        if (file < 0)
        {
            return Refuse($"{id}");
        }

        try
        {
            byte* info = stackalloc byte[InfoLength];
            uint* maps = stackalloc uint[MostMaps];
            new Span<byte>(info, InfoLength).Clear();
            *(uint*)(info + MapCount) = MostMaps;
            *(ulong*)(info + MapIds) = (ulong)maps;

            // struct { bpf_fd, info_len, info }
            new Span<byte>(attribute, AttributeLength).Clear();
            *(uint*)attribute = (uint)file;
            *(uint*)(attribute + 4) = InfoLength;
            *(ulong*)(attribute + 8) = (ulong)info;
            if (Call(BPF_OBJ_GET_INFO_BY_FD, attribute) < 0)
            {
                return Refuse($"{id}");
            }

            ReadOnlySpan<byte> name = new(info + Name, NameLength);
            int end = name.IndexOf((byte)0);
            long[] used = new long[Math.Min(*(uint*)(info + MapCount), MostMaps)];
            for (int i = 0; i < used.Length; i++)
            {
                used[i] = maps[i];
            }

            return new BpfProgram(
                id, Encoding.ASCII.GetString(end < 0 ? name : name[..end]), Convert.ToHexStringLower(new ReadOnlySpan<byte>(info + Tag, 8)),
                TimeSpan.FromTicks((long)(*(ulong*)(info + LoadTime) / 100)), *(uint*)(info + UserId), used);
        }
        finally
        {
            _ = Close(file);
        }
    }

    /// <summary>All keys of a pinned map for which a step gives true of the value, in the kernel's order.</summary>
    /// <param name="path">Where it is pinned, in a bpffs.</param>
    /// <param name="keyLength">Bytes of a key.</param>
    /// <param name="valueLength">Bytes of a value: of a map with values by CPU, 8 for each possible CPU.</param>
    /// <param name="take">Given key and value.</param>
    public static unsafe Errno ReadMap(string path, int keyLength, int valueLength, Action<byte[], byte[]> take)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        byte[] key = new byte[keyLength];
        byte[] next = new byte[keyLength];
        byte[] value = new byte[valueLength];
        byte* attribute = stackalloc byte[AttributeLength];
        fixed (byte* pathPointer = name, keyPointer = key, nextPointer = next, valuePointer = value)
        {
            // struct { pathname, bpf_fd, file_flags }
            new Span<byte>(attribute, AttributeLength).Clear();
            *(ulong*)attribute = (ulong)pathPointer;
            *(uint*)(attribute + 12) = BPF_F_RDONLY;
            int file = (int)Call(BPF_OBJ_GET, attribute);
            if (file < 0)
            {
                return LastErrno();
            }

            try
            {
                bool isFirst = true;
                while (Step(file, isFirst ? null : keyPointer, nextPointer, BPF_MAP_GET_NEXT_KEY, attribute))
                {
                    isFirst = false;
                    next.CopyTo(key, 0);

                    // A key that went meanwhile is passed over.
                    if (Step(file, keyPointer, valuePointer, BPF_MAP_LOOKUP_ELEM, attribute))
                    {
                        take(key, value);
                    }
                }

                return LastErrno() is Errno.ENOENT ? Errno.None : LastErrno();
            }
            finally
            {
                _ = Close(file);
            }
        }
    }

    // struct { map_fd, pad, key, value or next_key, flags }
    private static unsafe bool Step(int file, byte* key, byte* answer, int command, byte* attribute)
    {
        new Span<byte>(attribute, AttributeLength).Clear();
        *(uint*)attribute = (uint)file;
        *(ulong*)(attribute + 8) = (ulong)key;
        *(ulong*)(attribute + 16) = (ulong)answer;
        return Call(command, attribute) == 0;
    }

    private static unsafe nint Call(int command, byte* attribute)
    {
        long number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321;
        return SystemCall(number, command, attribute, AttributeLength);
    }

    private static Errno LastErrno() => (Errno)Marshal.GetLastPInvokeError();

    private static Refusal Refuse(string id) => new(LastErrno(), "read the BPF program", id) { Capability = "CAP_SYS_ADMIN" };

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial nint SystemCall(long number, long command, byte* attribute, long length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
