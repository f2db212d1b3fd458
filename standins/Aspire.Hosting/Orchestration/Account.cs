// Stand-in for Aspire.Hosting: servers run without privileges, also when root starts them.
using System.Globalization;

namespace Aspire.Hosting.Orchestration;

/// <summary>An unprivileged account of this machine.</summary>
internal sealed record Account(string Name, int User, int Group)
{
    /// <summary>The first of the names that exists, when this process is root; nobody needs one otherwise.</summary>
    /// <exception cref="DistributedApplicationException">Root, and none of the accounts exists.</exception>
    public static Account? Unprivileged(params string[] names)
    {
        if (!Unix.IsRoot)
        {
            return null;
        }

        var entries = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToList();
        return names.Append("nobody")
                .Select(name => entries.FirstOrDefault(fields => fields[0] == name))
                .OfType<string[]>()
                .Select(fields => new Account(fields[0], Number(fields[2]), Number(fields[3])))
                .FirstOrDefault()
            ?? throw new DistributedApplicationException($"Servers do not run as root, and none of the accounts {string.Join(", ", names)}, nobody exists.");
    }

    /// <summary>The command that becomes this account and then runs what follows.</summary>
    /// <remarks>
    /// In a clone that only root may enter, the account could not even reach its own data folder. The one capability
    /// to search folders lets it through; it is given only then.
    /// </remarks>
    public IEnumerable<string> Prefix(params string[] reach)
    {
        yield return "setpriv";
        yield return string.Create(CultureInfo.InvariantCulture, $"--reuid={User}");
        yield return string.Create(CultureInfo.InvariantCulture, $"--regid={Group}");
        yield return "--clear-groups";
        if (!reach.All(OthersCanReach))
        {
            yield return "--inh-caps";
            yield return "+dac_read_search";
            yield return "--ambient-caps";
            yield return "+dac_read_search";
        }
    }

    /// <summary>Makes a folder that is this account's alone.</summary>
    public static void OwnFolder(Account? account, string path)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (account is not null)
        {
            Unix.ChangeOwner(path, account.User, account.Group);
        }
    }

    private static bool OthersCanReach(string path)
    {
        for (var folder = Directory.GetParent(path); folder is not null; folder = folder.Parent)
        {
            if (!folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
