using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>Memory that the collector does not see, in large pages where the kernel gives them: a place at random costs one walk less.</summary>
internal static unsafe partial class LargeMemory
{
    private const int PROT_READ_WRITE = 3;
    private const int MAP_PRIVATE_ANONYMOUS = 0x22;
    private const int MADV_HUGEPAGE = 14;

    /// <summary>Allocates memory, all zeros.</summary>
    /// <param name="size">Bytes.</param>
    /// <remarks>
    /// It comes from the kernel, which has zeroed it, and not from the heap. Whether in large pages is the kernel's to say
    /// (/sys/kernel/mm/transparent_hugepage/enabled); it is the same memory either way.
    /// </remarks>
    /// <exception cref="InsufficientMemoryException">There is none.</exception>
    public static void* Allocate(nuint size)
    {
        void* memory = Map(null, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (memory == (void*)-1)
        {
            throw new InsufficientMemoryException();
        }

        _ = Advise(memory, size, MADV_HUGEPAGE);
        return memory;
    }

    /// <summary>Gives it back.</summary>
    public static void Free(void* memory, nuint size)
    {
        if (memory != null)
        {
            _ = Unmap(memory, size);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint size, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* memory, nuint size, int advice);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* memory, nuint size);
}
