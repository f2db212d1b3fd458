// Stand-in for Coravel
namespace Coravel.Invocable;

/// <summary>Something to run when it is due, made by the container in a scope of its own.</summary>
public interface IInvocable
{
    Task Invoke();
}
