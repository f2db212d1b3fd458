using System.Diagnostics.CodeAnalysis;

namespace Refresher.AppHost;

/// <summary>A program that watches the system: one that is on the machine, or with an engine a container on the host's network.</summary>
/// <param name="Name">The resource's.</param>
/// <param name="InContainer">It is run by a container engine.</param>
internal sealed record Tool(string Name, IResourceBuilder<ExecutableResource> Resource, bool InContainer, string Image)
{
    private readonly List<string> _options = ["run", "--rm", "--network", "host"];

    public EndpointReference Endpoint => Resource.GetEndpoint("http");

    /// <summary>Adds it and takes it down in the list; null when there is neither an engine nor the program.</summary>
    public static Tool? Add(IDistributedApplicationBuilder builder, List<Tool> tools, string name, string? program, string image, string? engine)
    {
        if (engine is null && (program is null || !IsThere(program)))
        {
            return null;
        }

        var resource = builder.AddExecutable(name, engine ?? program!, builder.AppHostDirectory).WithHttpEndpoint(name: "http");
        var tool = new Tool(name, resource, engine is not null, image);
        if (tool.InContainer)
        {
            // Options of the container come before its image, arguments of the program after it.
            resource.WithArgs(context =>
            {
                tool._options.ForEach(context.Args.Add);
                context.Args.Add(tool.Image);
            });
        }

        tools.Add(tool);
        return tool;
    }

    /// <summary>Options for the engine.</summary>
    public Tool Mount(params string[] options)
    {
        _options.AddRange(options);
        return this;
    }

    /// <summary>An environment variable; its value stands in no list of processes.</summary>
    public Tool Pass(string name, object value)
    {
        // The engine takes the value from its own environment.
        _options.AddRange(["-e", name]);
        Resource.WithEnvironment(context => context.EnvironmentVariables[name] = value);
        return this;
    }

    public Tool Pass(string name, Func<EndpointReference, object> value) => Pass(name, value(Endpoint));

    public Tool Pass(string name, Func<CancellationToken, Task<string>> value)
    {
        _options.AddRange(["-e", name]);
        Resource.WithEnvironment(async context => context.EnvironmentVariables[name] = await value(context.CancellationToken));
        return this;
    }

    public Tool Arguments(params string[] arguments)
    {
        Resource.WithArgs(arguments);
        return this;
    }

    public Tool Arguments(Func<CancellationToken, Task<string>> argument)
    {
        Resource.WithArgs(async context => context.Args.Add(await argument(context.CancellationToken)));
        return this;
    }

    /// <summary>Arguments that only the container needs.</summary>
    public Tool Container(params string[] arguments) => InContainer ? Arguments(arguments) : this;

    /// <summary>Tells the program by which option it learns its address.</summary>
    public Tool Listen(string option)
    {
        Resource.WithArgs(context => context.Args.Add(ReferenceExpression.Create($"{option}=127.0.0.1:{Endpoint.Property(EndpointProperty.TargetPort)}")));
        return this;
    }

    /// <summary>Tells the program by which option it learns its port.</summary>
    public Tool Port(string option)
    {
        Resource.WithArgs(context => context.Args.Add(ReferenceExpression.Create($"{option}={Endpoint.Property(EndpointProperty.TargetPort)}")));
        return this;
    }

    private static bool IsThere([NotNullWhen(true)] string? program) => program is not null
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
