// Stand-in for Aspire.Hosting: where the local state is kept.
using System.Text.Json;

namespace Aspire.Hosting.Orchestration;

/// <summary>The folder with the data, logs and process table of one local system; only its owner may look into it.</summary>
internal sealed class StateFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Lock _lock = new();

    public StateFolder(string path)
    {
        Root = Path.GetFullPath(path);
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    public string ProcessTable => Path.Combine(Root, "processes.json");

    public string LogOf(string instance) => Path.Combine(Directory.CreateDirectory(Path.Combine(Root, "logs")).FullName, instance + ".log");

    /// <summary>A server's data: kept under <c>data/</c> when it has a volume, else under <c>tmp/</c>, which each start and stop empties.</summary>
    public string DataOf(string resource, bool kept, string? volume) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(Root, kept ? "data" : "tmp")).FullName, kept ? volume ?? resource : resource);

    public void EmptyTemporary()
    {
        var temporary = Path.Combine(Root, "tmp");
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>The secret of this name, made on first use and thrown away with the data.</summary>
    public string KeepSecret(string name, Func<string> make)
    {
        lock (_lock)
        {
            var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Root, "data")).FullName, "parameters.json");
            var all = File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path)) ?? [] : [];
            if (!all.TryGetValue(name, out var value))
            {
                all[name] = value = make();
                WritePrivate(path, JsonSerializer.Serialize(all));
            }

            return value;
        }
    }

    /// <summary>Replaces a file in one step with one that only its owner may read.</summary>
    public static void WritePrivate(string path, string text)
    {
        var next = path + ".new";
        File.Delete(next);
        using (var stream = new FileStream(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private }))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        File.Move(next, path, overwrite: true);
    }
}
