using YamlDotNet.RepresentationModel;

namespace Refresher.Ops.Tests.Compose;

/// <summary><c>infra/compose/compose.yaml</c> as Compose reads it: anchors and merges resolved, variables left as they are.</summary>
internal sealed class ComposeFile
{
    private readonly YamlMappingNode _root;

    private ComposeFile(YamlMappingNode root) => _root = root;

    public IReadOnlyDictionary<string, YamlMappingNode> Services => Map(_root, "services").ToDictionary(service => service.Key, service => (YamlMappingNode)service.Value);

    public static ComposeFile Read()
    {
        var yaml = new YamlStream();
        using var text = new StringReader(Repository.Read("infra/compose/compose.yaml"));
        yaml.Load(text);
        return new ComposeFile((YamlMappingNode)yaml.Documents[0].RootNode);
    }

    /// <summary>The entries of a mapping, with those that are merged into it (<c>&lt;&lt;</c>); its own win.</summary>
    public static IReadOnlyDictionary<string, YamlNode> Map(YamlNode node, string? key = null)
    {
        if (key is not null)
        {
            return Map(node).TryGetValue(key, out var child) ? Map(child) : new Dictionary<string, YamlNode>();
        }

        Dictionary<string, YamlNode> entries = new(StringComparer.Ordinal);
        foreach (var (name, value) in (YamlMappingNode)node)
        {
            if (name.ToString() == "<<")
            {
                foreach (var (inherited, one) in (value is YamlSequenceNode several ? several.Children : [value]).Reverse().SelectMany(from => Map(from)))
                {
                    entries[inherited] = one;
                }
            }
        }

        foreach (var (name, value) in (YamlMappingNode)node)
        {
            if (name.ToString() != "<<")
            {
                entries[name.ToString()] = value;
            }
        }

        return entries;
    }

    public static IReadOnlyDictionary<string, string> Environment(YamlNode service) => Map(service, "environment").ToDictionary(entry => entry.Key, entry => entry.Value.ToString());

    public static IReadOnlyList<string> List(YamlNode service, string key) => Map(service).TryGetValue(key, out var list) ? [.. ((YamlSequenceNode)list).Select(item => item.ToString())] : [];
}
