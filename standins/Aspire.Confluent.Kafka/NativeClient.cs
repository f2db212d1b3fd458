// Stand-in for librdkafka.redist: the system's library.
using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Aspire.Confluent.Kafka;

/// <summary>Finds the native library where the system keeps it; the package that carries one is not there.</summary>
internal static class NativeClient
{
    private static readonly Lazy<bool> s_loaded = new(LoadOnce);

    /// <exception cref="InvalidOperationException">librdkafka is not installed.</exception>
    public static void Load() => _ = s_loaded.Value;

    private static bool LoadOnce()
    {
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);
        try
        {
            return Library.Load();
        }
        catch (Exception e) when (e is DllNotFoundException or InvalidOperationException)
        {
            throw new InvalidOperationException("librdkafka is not installed. ./refresher up --kafka installs it; on Debian: apt-get install librdkafka1", e);
        }
    }

    // The client asks for libdl by its name for the linker, which only development packages have.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) => name switch
    {
        "librdkafka" => Open(["librdkafka.so.1", "librdkafka.1.dylib", "/opt/homebrew/lib/librdkafka.1.dylib", "/usr/local/lib/librdkafka.1.dylib"]),
        "libdl" => Open(["libdl.so.2", "libdl.dylib"]),
        _ => 0,
    };

    private static nint Open(string[] names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return library;
            }
        }

        return 0;
    }
}
