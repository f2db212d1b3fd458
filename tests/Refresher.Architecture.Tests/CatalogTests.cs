using System.ComponentModel;
using System.Reflection;
using System.Text.RegularExpressions;
using Refresher.Tasks;

namespace Refresher.Architecture.Tests;

/// <summary>What every kind of the catalog owes to those who use it.</summary>
public sealed partial class CatalogTests
{
    /// <summary>
    /// The names that folders store with their runs: one that is changed or reused makes old runs unreadable. A folder that goes leaves its name here;
    /// one that comes may write its own down.
    /// </summary>
    private static readonly Dictionary<string, string> StoredNames = new()
    {
        ["Hello"] = "hello",
        ["HttpRequest"] = "http-request",
        ["Command"] = "command",
        ["SpeedTest"] = "speed-test",
        ["SiteMonitor"] = "site-monitor",
        ["Digest"] = "digest",
        ["Heartbeats"] = "heartbeat",
        ["Canary"] = "canary",
        ["Backup"] = "backup",
    };

    [Fact]
    public void Names_are_unique_kebab_case_and_never_another_one_s()
    {
        var names = TaskCatalog.Kinds.Select(kind => kind.Name).ToArray();

        Assert.Equal(names.Distinct(), names);
        Assert.All(names, name => Assert.Matches(KebabCase(), name));
        foreach (var (folder, name) in StoredNames)
        {
            var stored = Repository.Has($"Refresher.Tasks/{folder}");
            Assert.True(stored == names.Contains(name), stored ? $"{folder} was stored as {name}, which nobody is named any more." : $"{name} is what the runs of {folder} are named, which is gone.");
        }
    }

    [Fact]
    public void Every_kind_says_what_it_does()
    {
        Assert.All(TaskCatalog.Kinds, kind => Assert.True(kind.Description.EndsWith('.'), $"{kind.Name} has no description that is a sentence."));
    }

    [Fact]
    public void Every_option_has_a_description_for_its_form()
    {
        var options = TaskCatalog.Kinds.Where(kind => kind.OptionsType is not null).SelectMany(kind => kind.OptionsType!.GetProperties()
            .Where(property => property.CanWrite).Select(property => (Name: $"{kind.Name}: {property.Name}", property.GetCustomAttribute<DescriptionAttribute>()?.Description)));

        Offenders.None(options.Where(option => string.IsNullOrWhiteSpace(option.Description)).Select(option => option.Name));
    }

    [Fact]
    public void Options_are_records_whose_defaults_are_there()
    {
        foreach (var type in TaskCatalog.Kinds.Select(kind => kind.OptionsType).OfType<Type>())
        {
            Assert.NotNull(type.GetMethod("<Clone>$"));
            Assert.NotNull(Activator.CreateInstance(type));
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex KebabCase();
}
