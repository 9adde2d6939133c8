"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.parties.views import applicant, counter, counter_filing, identity, invitations, people, public

urlpatterns: list[URLPattern] = [
    path("start/", public.begin, name="start"),
    path("switch/", public.switch, name="switch"),
    path("register/", public.register, name="register"),
    path("my/enterprise/", applicant.enterprise, name="my-enterprise"),
    path("my/people/", people.people, name="my-people"),
    path("my/people/invite/", people.invite, name="my-people-invite"),
    path("my/people/invitations/<int:pk>/withdraw/", people.withdraw, name="my-people-withdraw"),
    path("my/people/<int:pk>/change/", people.change, name="my-people-change"),
    path("my/people/<int:pk>/end/", people.end, name="my-people-end"),
    path("my/people/<int:pk>/hand-over/", people.hand_over, name="my-people-hand-over"),
    path("my/invitations/", invitations.find, name="my-invitations"),
    path("my/invitations/<str:code>/", invitations.invitation, name="my-invitation"),
    path("office/counter/", counter.head, name="officer-counter"),
    path("office/counter/filing/", counter_filing.begin, name="officer-counter-filing"),
    path("my/counter/end/", counter_filing.end, name="my-counter-end"),
    path("office/counter/identity/", identity.counter, name="officer-counter-identity"),
    path("office/counter/people/", counter.person, name="officer-counter-person"),
]
