using System.Reflection;
using System.Runtime.Loader;

namespace ZeptAdmin.Sensors;

/// <summary>Loads, when it is first needed, what the module has of libraries that PowerShell does not ship.</summary>
/// <remarks>
/// They live in a load context of their own, so that another version of one, which some other module brought into the session,
/// does no harm and meets none. Core itself stays the one that is loaded already.
/// </remarks>
internal sealed class IsolatedLibraries : AssemblyLoadContext
{
    /// <summary>Name of the assembly that alone sees the libraries.</summary>
    public const string Bridge = "ZeptAdmin.Isolated";

    private static readonly Lazy<Assembly> Loaded = new(Load);

    private readonly string _folder;

    private IsolatedLibraries(string folder)
        : base(Bridge) => _folder = folder;

    /// <summary>Makes one of its types.</summary>
    /// <typeparam name="T">What of Core it implements.</typeparam>
    /// <param name="type">Name of the type.</param>
    public static T Create<T>(string type) => (T)Activator.CreateInstance(Loaded.Value.GetType($"{Bridge}.{type}", throwOnError: true)!)!;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        Assembly core = typeof(IsolatedLibraries).Assembly;
        if (assemblyName.Name == core.GetName().Name)
        {
            return core;
        }

        string file = Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }

    private static Assembly Load()
    {
        string folder = Path.Combine(Path.GetDirectoryName(typeof(IsolatedLibraries).Assembly.Location) ?? "", "dependencies");
        return new IsolatedLibraries(folder).LoadFromAssemblyPath(Path.Combine(folder, Bridge + ".dll"));
    }
}
