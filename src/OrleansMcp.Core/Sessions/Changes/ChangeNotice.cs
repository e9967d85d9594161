using ModelContextProtocol.Protocol;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Changes;


/// <summary>Notifications about changes of lists and resources, which belong to no call.</summary>
internal static class ChangeNotice
{
    public static bool Is(string method) => method is NotificationMethods.ToolListChangedNotification
        or NotificationMethods.PromptListChangedNotification or NotificationMethods.ResourceListChangedNotification
        or NotificationMethods.ResourceUpdatedNotification;

    public static string For(CatalogueList list) => list switch
    {
        CatalogueList.Tools => NotificationMethods.ToolListChangedNotification,
        CatalogueList.Prompts => NotificationMethods.PromptListChangedNotification,
        _ => NotificationMethods.ResourceListChangedNotification,
    };
}
