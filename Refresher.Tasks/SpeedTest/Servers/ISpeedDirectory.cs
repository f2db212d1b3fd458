namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>
/// Somebody's speed-test servers, and how to come by their list. It is asked for nothing before a person has switched it on.
/// A new one is a class of this kind and a line in <c>SpeedTestServices</c>.
/// </summary>
internal interface ISpeedDirectory
{
    /// <summary>Stored, kebab-case.</summary>
    string Name { get; }

    /// <summary>For people.</summary>
    string Title { get; }

    /// <summary>Whose servers these are, and what one should know before using them.</summary>
    string Description { get; }

    /// <summary>Where the terms are that a person has to accept before anything is asked; null: there are none to accept.</summary>
    Uri? Terms => null;

    /// <summary>Where its list is unless another address is given.</summary>
    Uri DefaultList { get; }

    /// <summary>Reads the list.</summary>
    /// <param name="list">Where it is.</param>
    /// <exception cref="DirectoryException">It could not be read, or is none.</exception>
    Task<IReadOnlyList<SpeedServer>> ReadAsync(Uri list, DirectoryHttp http, CancellationToken cancel);

    /// <summary>What a server of this directory knows of who asks it.</summary>
    /// <exception cref="DirectoryException">It does not tell.</exception>
    Task<ClientInfo> ClientAsync(SpeedServer server, DirectoryHttp http, CancellationToken cancel);
}
